"""The settings of fastText and Vowpal Wabbit, chosen on nine tenths and one tenth of the training
parts. The results and the choice stand in programs/; run it again only when a grid changes.

usage: tune.py FOLDER            (the folder of prepared files, target/compare/data)
"""

import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import metrics
from programs import fasttext, vowpal_wabbit

FASTTEXT = {"lr": [0.5, 1.0], "epoch": [25, 50], "dim": [50, 100]}
VOWPAL_WABBIT = {"rate": [0.25, 0.5, 1.0], "passes": [5, 10, 20], "bits": [22, 24]}


def split(source, folder):
    """Nine tenths and one tenth of a file's rows."""
    rows = source.read_text(encoding="utf-8").splitlines(keepends=True)
    cut = len(rows) * 9 // 10
    parts = folder / f"fit{source.suffix}", folder / f"held{source.suffix}"
    parts[0].write_text("".join(rows[:cut]), encoding="utf-8")
    parts[1].write_text("".join(rows[cut:]), encoding="utf-8")
    return parts


def search(program, grid, suffix, prepared, name):
    multi_label = name == "reuters90"
    names = (prepared / f"{name}.labels").read_text().split()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        fit, held = split(prepared / f"{name}-train{suffix}", folder)
        truth = program.truth(held, names, multi_label)
        for values in itertools.product(*grid.values()):
            settings = dict(zip(grid, values))
            start = time.perf_counter()
            model, out = folder / "model", folder / "out"
            train = program.train(fit, model, multi_label, len(names), **settings)
            run(train)
            seconds = time.perf_counter() - start
            run(program.predict(held, model, multi_label, out), out)
            found = program.predictions(out, names, multi_label)
            score = metrics.score(truth, found, multi_label)
            print(name, program.__name__, settings, score, f"{seconds:.1f} s", flush=True)


def run(command, stdout=None):
    with open(stdout, "w") if stdout else open("/dev/null", "w") as out:
        subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for data_set in ("reuters90", "20ng"):
        search(fasttext, FASTTEXT, ".ft", Path(sys.argv[1]), data_set)
        search(vowpal_wabbit, VOWPAL_WABBIT, ".vw", Path(sys.argv[1]), data_set)
