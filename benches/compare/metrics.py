"""Accuracy and F1 of sets of labels: the one measure for all programs."""

from collections import Counter


def score(truth, found, multi_label):
    """Micro- and macro-F1 of several labels a row; else the share of rows that are right."""
    if len(truth) != len(found):
        raise ValueError(f"found {len(found)} predictions, expected {len(truth)}")
    if not multi_label:
        return {"accuracy": sum(map(set.__eq__, truth, found)) / len(truth)}
    right, given, there = Counter(), Counter(), Counter()
    for true, predicted in zip(truth, found):
        right.update(true & predicted)
        given.update(predicted)
        there.update(true)
    micro = 2 * right.total() / max(1, given.total() + there.total())
    labels = set(there) | set(given)
    macro = sum(2 * right[l] / (given[l] + there[l]) for l in labels) / len(labels)
    return {"micro_f1": micro, "macro_f1": macro}
