"""fastText's own program, built from the source on PyPI.

Settings chosen by tune.py on the training parts. Words 1-2 (hashed into 2 million buckets, its
default), words of one article only left out as with min_df 2, two threads. It learns its own
features and has no convex objective, so that only time, memory and accuracy can be compared.
"""

from pathlib import Path

PROGRAM = str(Path(__file__).resolve().parents[3] / "target" / "compare" / "fasttext")
# Held-out micro-F1 on Reuters-90 (rate, epochs, dimensions): .5 10 50 .760, .5 25 50 .840, .5 25
# 100 .836, .5 50 50 .851, .5 50 100 .848, 1 25 50 .812, 1 25 100 .819, 1 50 50 .803, 1 50 100
# .840; accuracy on 20 Newsgroups: .5 10 50 .822, .5 25 50 .875, .5 25 100 .874, .5 50 50 .879, 1
# 25 50 .882, 1 50 50 .877.
# "policy", the model for the archive, has the settings of the other multi-label set.
TUNED = {
    "reuters90": {"lr": 0.5, "epoch": 50, "dim": 50},
    "20ng": {"lr": 1.0, "epoch": 25, "dim": 50},
    "policy": {"lr": 0.5, "epoch": 50, "dim": 50},
}


NOTE = "own hashed 1-2-grams and embeddings, tuned, 2 threads"


def file_of(model):
    """The file that training makes."""
    return Path(f"{model}.bin")


def train(source, model, multi_label, n_labels, lr, epoch, dim):
    loss = "one-vs-all" if multi_label else "softmax"
    return [
        *(PROGRAM, "supervised", "-input", str(source), "-output", str(model)),
        *("-loss", loss, "-wordNgrams", "2", "-minCount", "2", "-thread", "2"),
        *("-lr", str(lr), "-epoch", str(epoch), "-dim", str(dim), "-verbose", "0"),
    ]


def predict(source, model, multi_label, out):
    """Writes to standard output."""
    how_many = ["-1", "0.5"] if multi_label else ["1"]
    return [PROGRAM, "predict", f"{model}.bin", str(source), *how_many]


def truth(source, names, multi_label):
    return [_labels(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]


def predictions(out, names, multi_label):
    return truth(out, names, multi_label)


def _labels(line):
    marks = (word for word in line.split(" ") if word.startswith("__label__"))
    return {mark.removeprefix("__label__") for mark in marks}
