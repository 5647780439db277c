"""What is measured: each task and the command lines of the programs that do it."""

import json
import subprocess
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Callable

import data
import metrics
from programs import fasttext, newstopics, scikit_learn, vowpal_wabbit


@dataclass
class Entry:
    """A command that is measured."""

    name: str
    command: list
    # What is equal to the other rows, and what is not.
    note: str
    # Figures taken once after the first run, untimed: accuracy, objective, features.
    figures: Callable[[], dict] | None = None
    # Commands whose output is needed before, by the file that they make.
    needs: dict = field(default_factory=dict)


@dataclass
class Task:
    key: str
    title: str
    entries: list
    # Runs of each command in one round.
    repeats: int = 1
    # Size of the input, for a rate.
    megabytes: float | None = None


class Files:
    """Where inputs, models and answers lie."""

    def __init__(self, prepared, models):
        self.prepared, self.models = Path(prepared), Path(models)
        self.models.mkdir(parents=True, exist_ok=True)

    def data(self, name, suffix):
        return self.prepared / f"{name}{suffix}"

    def model(self, name):
        return self.models / name

    def names(self, data_set):
        return (self.prepared / f"{data_set}.labels").read_text().split()


def output_of(command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def answers(command, out):
    """Runs a command whose answers go to standard output or to `out`."""
    with open(f"{out}.stdout", "w") as stdout:
        subprocess.run(command, check=True, stdout=stdout, stderr=subprocess.DEVNULL)
    return out if Path(out).exists() else Path(f"{out}.stdout")


def test_score(files, data_set, command, read):
    """The score of a program's answers on the test part."""
    out = files.model("answers")
    out.unlink(missing_ok=True)
    found = read(answers(command(out), out))
    truth = [set(labels) for labels, _ in data.read(files.data(f"{data_set}-test", ".csv"))]
    return metrics.score(truth, found, data_set == "reuters90")


def newstopics_train(files, data_set, name, note, *options, objective_c=None):
    train, test = (files.data(f"{data_set}-{part}", ".csv") for part in ("train", "test"))
    model = files.model(f"{data_set}-{name.replace(' ', '-')}.newstopics")

    def figures():
        score = test_score(
            files, data_set, lambda _: newstopics.predict(test, model), newstopics.predictions
        )
        if objective_c:
            score |= json.loads(output_of(newstopics.objective(train, model, objective_c)))
        return score

    return Entry(name, newstopics.train(train, model, *options), note, figures)


def scikit_learn_train(files, data_set, name, note, solver, c, **options):
    train, test = (files.data(f"{data_set}-{part}", ".csv") for part in ("train", "test"))
    model = files.model(f"{data_set}-{name.replace(' ', '-')}.pickle")
    task = "multi-label" if data_set == "reuters90" else "multi-class"

    def figures():
        score = test_score(
            *(files, data_set, lambda out: scikit_learn.predict(test, model, out)),
            scikit_learn.predictions,
        )
        if solver == "LinearSVC":
            return score
        return score | json.loads(output_of(scikit_learn.objective(train, model, c)))

    return Entry(name, scikit_learn.train(train, model, task, solver, c, **options), note, figures)


def other_train(files, data_set, name, program, suffix, note):
    multi_label = data_set != "20ng"
    names = files.names(data_set)
    train, test = (files.data(f"{data_set}-{part}", suffix) for part in ("train", "test"))
    model = files.model(f"{data_set}{suffix}")
    read = partial(program.predictions, names=names, multi_label=multi_label)
    return Entry(
        name,
        program.train(train, model, multi_label, len(names), **program.TUNED[data_set]),
        note,
        lambda: test_score(
            files, data_set, lambda out: program.predict(test, model, multi_label, out), read
        ),
    )


def train_task(files, data_set, key, c):
    """Words 1-2, min_df 2, one fit."""
    nt = partial(newstopics_train, files, data_set)
    sk = partial(scikit_learn_train, files, data_set)
    entries = [
        nt(
            *("newstopics", "same features and objective as lbfgs"),
            *(*newstopics.WORDS, *newstopics.ONE_FIT, *newstopics.PLAIN, "--c", c),
            objective_c=c,
        ),
        nt(
            *("newstopics tuned", "the default's prior for each feature; tuned as fastText is"),
            *(*newstopics.TUNED[data_set], *newstopics.ONE_FIT),
        ),
        sk("lbfgs default", "same features and objective; stops by its defaults", "lbfgs", c),
        sk("lbfgs equal", "same features; tol lowered to an equal objective", "lbfgs-equal", c),
        sk("LinearSVC", "same features; squared hinge loss, C=1", "LinearSVC", c),
        sk("SGD", "same features and objective, alpha = 1/(Cn); stops early", "SGD", c),
        other_train(files, data_set, "fastText", fasttext, ".ft", fasttext.NOTE),
        other_train(files, data_set, "Vowpal Wabbit", vowpal_wabbit, ".vw", vowpal_wabbit.NOTE),
    ]
    if data_set == "reuters90":
        note = "as above, its labels in two processes"
        two_jobs = sk("lbfgs equal, 2 jobs", note, "lbfgs-equal", c, jobs=2)
        entries.insert(4, two_jobs)
    return Task(key, f"Training, {data.SETS[data_set]}, words 1-2, C={c}, one fit", entries)


def characters_task(files):
    features = ("--word-ngrams", "1-2", "--char-ngrams", "3-5")
    return Task(
        "characters",
        "Training, 20 Newsgroups, words 1-2 and characters 3-5, C=30, one fit",
        [
            newstopics_train(
                *(files, "20ng", "newstopics characters", "same features and objective"),
                *(*features, *newstopics.ONE_FIT, *newstopics.PLAIN, "--c", 30),
                objective_c=30,
            ),
            scikit_learn_train(
                *(files, "20ng", "lbfgs characters", "its defaults", "lbfgs", 30), chars="3-5"
            ),
        ],
    )


def folds_task(files, data_set, key):
    """The default command against a single fit, and the same with words only."""
    nt = partial(newstopics_train, files, data_set)
    one = newstopics.ONE_FIT
    return Task(
        key,
        f"Cross-validation, {data.SETS[data_set]}",
        [
            nt("default", "five folds: calibration and thresholds"),
            nt("default, one fit", "raw probabilities, thresholds 0.5", *one),
            nt("words", "five folds, words 1-2", *newstopics.WORDS),
            nt("words, one fit", "words 1-2", *newstopics.WORDS, *one),
        ],
    )


def predict_entries(files, data_set, source, task):
    """Every program with a model of its own, words 1-2, trained before and untimed."""
    multi_label = data_set != "20ng"
    train, names = files.data(f"{data_set}-train", ".csv"), files.names(data_set)
    out = files.model("predicted")
    own = files.model(f"{data_set}.words.newstopics")
    sk = files.model(f"{data_set}.words.pickle")
    trained = newstopics.train(train, own, *newstopics.WORDS, *newstopics.ONE_FIT)
    entries = [
        Entry(
            "newstopics",
            newstopics.predict(source[".csv"], own),
            "words 1-2, labels and all probabilities",
            needs={own: trained},
        ),
        Entry(
            "newstopics, one thread",
            newstopics.predict(source[".csv"], own) + ["--threads", "1"],
            "as above; one thread, as the others have",
        ),
        Entry(
            "newstopics embedded",
            newstopics.predict(source[".csv"]),
            "embedded model: words and characters, 4 topics",
        ),
        Entry(
            "scikit-learn",
            scikit_learn.predict(source[".csv"], sk, out),
            "same features, batches of 10,000 articles, labels only",
            needs={sk: scikit_learn.train(train, sk, task, "lbfgs", 30)},
        ),
    ]
    for name, program, suffix in (
        ("fastText", fasttext, ".ft"),
        ("Vowpal Wabbit", vowpal_wabbit, ".vw"),
    ):
        model = files.model(f"{data_set}{suffix}")
        source_file = files.data(f"{data_set}-train", suffix)
        options = program.TUNED[data_set]
        entries.append(
            Entry(
                name,
                program.predict(source[suffix], model, multi_label, out),
                f"{program.NOTE}; words cut before, untimed; labels only",
                needs={
                    program.file_of(model): program.train(
                        source_file, model, multi_label, len(names), **options
                    )
                },
            )
        )
    return entries


def bulk_task(files):
    source = {suffix: files.data("archive", suffix) for suffix in (".csv", ".ft", ".vw")}
    size = source[".csv"].stat().st_size / 1e6
    return Task(
        "bulk",
        f"Prediction of an archive of {size:.0f} MB, CSV to labels",
        predict_entries(files, "policy", source, "multi-label"),
        megabytes=size,
    )


def cold_task(files):
    source = {".csv": files.data("one", ".txt")}
    source |= {suffix: files.data("one", suffix) for suffix in (".ft", ".vw")}
    return Task(
        "cold",
        "One article, from the start of the process to its end (20 Newsgroups models, and ours)",
        predict_entries(files, "20ng", source, "multi-class"),
        repeats=3,
    )


def all_tasks(files):
    return [
        train_task(files, "reuters90", "reuters", 30),
        train_task(files, "20ng", "20ng", 10),
        characters_task(files),
        folds_task(files, "reuters90", "folds-reuters"),
        folds_task(files, "20ng", "folds-20ng"),
        bulk_task(files),
        cold_task(files),
    ]
