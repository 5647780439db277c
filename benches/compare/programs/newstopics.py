"""This program, as `cargo build --release` makes it."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = str(ROOT / "target" / "release" / "newstopics")
OBJECTIVE = str(ROOT / "target" / "release" / "examples" / "objective")

# The objective of the other programs: no prior that follows the features' log-count ratios.
PLAIN = ("--log-ratio-exponent", "0")
WORDS = ("--word-ngrams", "1-2", "--char-ngrams", "none")
ONE_FIT = ("--folds", "0")

# Settings of one fit, tuned as the other programs are: fitted on nine tenths of the training part
# and scored on the last, drawn at random (Reuters-90: n-grams, C and class weights; 20 Newsgroups:
# not tuned).
TUNED = {
    "reuters90": ("--word-ngrams", 1, "--char-ngrams", "none", "--c", 30, "--class-weight", "balanced"),
    "20ng": (*WORDS, "--c", 10),
}


def train(source, model, *options):
    return [PROGRAM, "train", str(source), "--model", str(model), *map(str, options)]


def predict(source, model=None):
    """Writes to standard output."""
    chosen = ["--model", str(model)] if model else []
    return [PROGRAM, "predict", str(source), "--format", "jsonl", "--quiet", *chosen]


def objective(source, model, c):
    return [OBJECTIVE, str(model), str(source), str(c)]


def predictions(out):
    with open(out, encoding="utf-8") as file:
        return [set(json.loads(line)["labels"]) for line in file]
