"""The files that the programs read, made from the folder of the public data sets.

Every program gets the same articles. Title and text are one column, runs of white space are one
space, and the training rows are shuffled with a fixed seed (fastText and Vowpal Wabbit learn in
the order of the rows). fastText and Vowpal Wabbit do not read CSV: their files hold the words
already cut and lower-cased, and making these files is not timed.
"""

import csv
import random
import re
import sys
from pathlib import Path

csv.field_size_limit(sys.maxsize)

# The words of newstopics: runs of letters and digits of at most 64, a short code and its number
# in one word (F-35).
WORD = re.compile(r"[^\W_]{1,64}")
CODE = re.compile(r"(?<![^\W_])([a-z]{1,3})-(?=[0-9])")

SETS = {"reuters90": "Reuters-90", "20ng": "20 Newsgroups"}


def words(text):
    """The words of a text, lower-cased."""
    return WORD.findall(CODE.sub(r"\1", text.lower()))


def read(path):
    """The rows of a CSV file: (labels, text), the title before the text."""
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            text = " ".join(f"{row.get('title') or ''} {row['text']}".split())
            yield row["labels"].split(";") if row["labels"] else [], text


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "labels", "text"])
        for number, (labels, text) in enumerate(rows):
            writer.writerow([number, ";".join(labels), text])


def write_fasttext(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for labels, text in rows:
            marks = "".join(f"__label__{label} " for label in labels)
            file.write(f"{marks}{' '.join(words(text))}\n")


def write_vw(path, rows, names, multi_label):
    """Labels are numbers: from 0 for several labels a row, from 1 for exactly one."""
    number = {name: i + (not multi_label) for i, name in enumerate(names)}
    with open(path, "w", encoding="utf-8") as file:
        for labels, text in rows:
            known = sorted(number[label] for label in labels if label in number)
            file.write(f"{','.join(map(str, known))} | {' '.join(words(text))}\n")


def label_names(rows):
    return sorted({label for labels, _ in rows for label in labels})


def write_formats(folder, name, part, rows, names, multi_label):
    """One part of a data set in all three formats: folder/name-part.{csv,ft,vw}."""
    stem = folder / f"{name}-{part}"
    write_csv(stem.with_suffix(".csv"), rows)
    write_fasttext(stem.with_suffix(".ft"), rows)
    write_vw(stem.with_suffix(".vw"), rows, names, multi_label)


def prepare(source, folder, archive_megabytes, generate):
    """Makes all files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        parts = {part: list(read(source / f"{name}-{part}.csv")) for part in ("train", "test")}
        random.Random(1).shuffle(parts["train"])
        names = label_names(parts["train"])
        (folder / f"{name}.labels").write_text("\n".join(names) + "\n")
        for part, rows in parts.items():
            write_formats(folder, name, part, rows, names, name == "reuters90")
    # The project's own corpus trains the models that label the archive.
    corpus = Path(__file__).resolve().parents[2] / "training"
    rows = [row for language in ("de", "en") for row in read(corpus / f"{language}.csv")]
    random.Random(1).shuffle(rows)
    names = label_names(rows)
    (folder / "policy.labels").write_text("\n".join(names) + "\n")
    write_formats(folder, "policy", "train", rows, names, True)
    archive = folder / "archive.csv"
    generate(archive, megabytes=archive_megabytes)
    with (
        open(folder / "archive.ft", "w", encoding="utf-8") as fasttext,
        open(folder / "archive.vw", "w", encoding="utf-8") as vw,
    ):
        for _, text in read(archive):
            line = " ".join(words(text))
            fasttext.write(f"{line}\n")
            vw.write(f"| {line}\n")
    one = next(text for _, text in rows)
    (folder / "one.txt").write_text(one + "\n", encoding="utf-8")
    (folder / "one.ft").write_text(" ".join(words(one)) + "\n", encoding="utf-8")
    (folder / "one.vw").write_text("| " + " ".join(words(one)) + "\n", encoding="utf-8")
