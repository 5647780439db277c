"""What the project wants to reach, as ratios within one run."""

from dataclasses import dataclass
from statistics import median

from show import number


@dataclass
class Aim:
    what: str
    value: float
    target: float
    at_least: bool = True

    def line(self):
        """A row of the table."""
        wanted = f"at {'least' if self.at_least else 'most'} {self.target:g}"
        return f"| {self.what} | {wanted} | {number(self.value)} | {self.verdict()} |"

    def verdict(self):
        if self.value >= self.target if self.at_least else self.value <= self.target:
            return "reached"
        return f"missed by {abs(1 - self.value / self.target):.0%}" if self.target else "missed"


class Results:
    """Looks up figures of a run."""

    def __init__(self, results):
        self.tasks = results["tasks"]

    def row(self, task, name):
        return next(row for row in self.tasks[task]["rows"] if row["name"] == name)

    def middle(self, task, name, what="wall"):
        column = {"wall": 0, "cpu": 1, "peak": 2}[what]
        return median(run[column] for run in self.row(task, name)["runs"])

    def ratio(self, task, peer, own, what="wall"):
        return self.middle(task, peer, what) / self.middle(task, own, what)


def training(r, task, score, faster, leaner):
    """Words only, one fit."""
    own, equal, peer = "newstopics", "lbfgs equal", "fastText"
    # fastText has features, an objective and settings of its own, and so has this row.
    tuned = "newstopics tuned"
    above = r.row(task, equal)["objective"] / r.row(task, own)["objective"] - 1
    gain = r.row(task, tuned)[score] - r.row(task, peer)[score]
    yield Aim("objective of “lbfgs equal” above ours, relative", above, 1e-4, at_least=False)
    yield Aim("times faster than “lbfgs equal”", r.ratio(task, equal, own), faster)
    yield Aim("times less memory than “lbfgs equal”", r.ratio(task, equal, own, "peak"), leaner)
    yield Aim("times faster than fastText, tuned", r.ratio(task, peer, tuned), 8)
    yield Aim(f"{score.replace('_', '-')} above fastText's, tuned", gain, 0)


def characters(r, task):
    own = "newstopics characters"
    yield Aim("times faster than lbfgs", r.ratio(task, "lbfgs characters", own), 10)
    yield Aim("seconds", r.middle(task, own), 6, at_least=False)


def folds(r, task, scores):
    """The default, with cross-validation, against a single fit; and its accuracy."""
    most = {"target": 3.5, "at_least": False}
    yield Aim("default, in single fits", r.ratio(task, "default", "default, one fit"), **most)
    yield Aim("words only, in single fits", r.ratio(task, "words", "words, one fit"), **most)
    for score, target in scores.items():
        what = f"{score.replace('_', '-')} of the default at its own thresholds"
        yield Aim(what, r.row(task, "default")[score], target)


def bulk(r, task):
    # Two threads on one core take more processor time for the same work than one.
    own = "newstopics, one thread"
    rate = r.tasks[task]["megabytes"] / r.middle(task, "newstopics embedded")
    yield Aim("times less CPU than scikit-learn, one thread", r.ratio(task, "scikit-learn", own, "cpu"), 20)
    yield Aim("times less CPU than fastText, one thread", r.ratio(task, "fastText", own, "cpu"), 3)
    yield Aim("MB/s with the embedded model", rate, 60)


def cold(r, task):
    milliseconds = 1000 * r.middle(task, "newstopics embedded")
    yield Aim("milliseconds with the embedded model", milliseconds, 5, at_least=False)


BY_TASK = {
    "reuters": lambda r, task: training(r, task, "micro_f1", faster=15, leaner=3),
    "20ng": lambda r, task: training(r, task, "accuracy", faster=25, leaner=10),
    "characters": characters,
    "folds-reuters": lambda r, task: folds(r, task, {"micro_f1": 0.882, "macro_f1": 0.590}),
    "folds-20ng": lambda r, task: folds(r, task, {"accuracy": 0.860}),
    "bulk": bulk,
    "cold": cold,
}


def table(results):
    """The aims of the tasks that were run, as a Markdown table."""
    r = Results(results)
    lines = ["### What was to be reached", ""]
    lines += ["| aim | wanted | measured | |", "|---|---:|---:|---|"]
    for key, task in results["tasks"].items():
        lines.append(f"| **{task['title']}** | | | |")
        lines += [aim.line() for aim in BY_TASK[key](r, key)]
    found = "yes | reached" if results["same_bytes"] else "no | missed"
    lines.append(f"| **One and two threads train the same bytes** | yes | {found} |")
    return "\n".join(lines)
