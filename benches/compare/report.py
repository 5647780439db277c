"""The Markdown of the comparison: tables, and the ratios that the project wants to reach.

usage: report.py RESULTS.json DOCS.md          (writes the table of an earlier run again)
"""

import json
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benches"))

import marks


def machine():
    """Processor, cores, memory and versions; nothing that names the machine."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    commit = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    versions = {
        "newstopics": subprocess.run(commit, stdout=subprocess.PIPE, text=True).stdout.strip(),
        "rustc": subprocess.run(["rustc", "-V"], stdout=subprocess.PIPE, text=True).stdout.split()[1],
        "Python": platform.python_version(),
        "fastText": "0.9.3",
    }
    for package in ("scikit-learn", "numpy", "scipy", "vowpalwabbit"):
        versions[package] = metadata.version(package)
    return {
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "cores": cores,
        "gib": int(memory.group(1)) / 2**20 if memory else 0,
        "versions": versions,
    }


def number(value):
    """Three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1e-3 else f"{value:.1g}"


def duration(seconds):
    return f"{number(seconds)} s" if seconds >= 0.2 else f"{number(seconds * 1000)} ms"


def spread(values, show=duration):
    """Median, and in brackets the range of several runs."""
    middle = show(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({show(min(values))} – {show(max(values))})"


def accuracy(row):
    if "accuracy" in row:
        return f"accuracy {row['accuracy']:.3f}"
    if "micro_f1" in row:
        return f"F1 micro {row['micro_f1']:.3f}, macro {row['macro_f1']:.3f}"
    return ""


def objective(row):
    if "objective" not in row:
        return ""
    return f"{row['objective']:,.1f} ({row['features']:,} features)"


def table(task):
    """One task: a row for each program."""
    trains = any("accuracy" in row or "micro_f1" in row for row in task["rows"])
    rate = task["megabytes"]
    header = ["program", "wall: median (range)", "CPU", "peak memory", "runs"]
    header += ["objective", "test part"] if trains else []
    header += ["rate"] if rate else []
    header.append("what is equal, what is not")
    lines = [f"### {task['title']}", "", "| " + " | ".join(header) + " |"]
    lines.append("|---|" + "---:|" * 4 + "---|" * (len(header) - 5))
    for row in task["rows"]:
        wall, cpu, peak = zip(*row["runs"])
        cells = [row["name"], spread(wall), duration(median(cpu)), f"{median(peak) / 1e6:,.0f} MB"]
        cells.append(str(len(wall)))
        cells += [objective(row), accuracy(row)] if trains else []
        cells += [f"{rate / median(wall):.1f} MB/s"] if rate else []
        cells.append(row["note"])
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


class Results:
    """Looks up medians of a run."""

    def __init__(self, results):
        self.tasks = results["tasks"]

    def row(self, task, name):
        return next(row for row in self.tasks[task]["rows"] if row["name"] == name)

    def middle(self, task, name, what):
        column = {"wall": 0, "cpu": 1, "peak": 2}[what]
        return median(run[column] for run in self.row(task, name)["runs"])

    def ratio(self, task, peer, own, what="wall"):
        return self.middle(task, peer, what) / self.middle(task, own, what)


def aims(results):
    """(what, value, target, at least or at most) of each line that is to be reached."""
    r = Results(results)
    for task, times, memory, name in (
        ("reuters", 15, 3, "Reuters-90"),
        ("20ng", 25, 10, "20 Newsgroups"),
    ):
        if task not in r.tasks:
            continue
        equal = "lbfgs equal"
        yield f"{name}: times faster than lbfgs at equal objective", r.ratio(task, equal, "newstopics"), times, True
        yield f"{name}: times less memory than lbfgs", r.ratio(task, equal, "newstopics", "peak"), memory, True
        yield f"{name}: times faster than fastText", r.ratio(task, "fastText", "newstopics"), 8, True
        key = "micro_f1" if task == "reuters" else "accuracy"
        gain = r.row(task, "newstopics")[key] - r.row(task, "fastText")[key]
        yield f"{name}: {key.replace('_', '-')} above fastText's", gain, 0, True
    if "characters" in r.tasks:
        own = "newstopics characters"
        yield "with characters: times faster than lbfgs", r.ratio("characters", "lbfgs characters", own), 10, True
        yield "with characters: seconds", r.middle("characters", own, "wall"), 6, False
    for task, name in (("folds-reuters", "Reuters-90"), ("folds-20ng", "20 Newsgroups")):
        if task in r.tasks:
            yield f"{name}: five folds, in single fits", r.ratio(task, "default", "default, one fit"), 3.5, False
            yield f"{name}: the same, words only", r.ratio(task, "words", "words, one fit"), 3.5, False
    if "folds-20ng" in r.tasks:
        yield "20 Newsgroups: accuracy of the default", r.row("folds-20ng", "default")["accuracy"], 0.860, True
    if "folds-reuters" in r.tasks:
        row = r.row("folds-reuters", "default")
        yield "Reuters-90: micro-F1 of the default at its own thresholds", row["micro_f1"], 0.882, True
        yield "Reuters-90: macro-F1 of the default at its own thresholds", row["macro_f1"], 0.590, True
    if "bulk" in r.tasks:
        yield "archive: times less CPU than scikit-learn", r.ratio("bulk", "scikit-learn", "newstopics", "cpu"), 20, True
        yield "archive: times less CPU than fastText", r.ratio("bulk", "fastText", "newstopics", "cpu"), 3, True
        rate = r.tasks["bulk"]["megabytes"] / r.middle("bulk", "newstopics embedded", "wall")
        yield "archive, embedded model: MB/s", rate, 60, True
    if "cold" in r.tasks:
        yield "one article, embedded model: ms", 1000 * r.middle("cold", "newstopics embedded", "wall"), 5, False


def aims_table(results):
    lines = ["### What was to be reached", "", "| aim | wanted | measured | |", "|---|---:|---:|---|"]
    for what, value, target, at_least in aims(results):
        reached = value >= target if at_least else value <= target
        bound = f"{'at least' if at_least else 'at most'} {target:g}"
        if what.endswith("above fastText's"):
            bound = "above 0"
        verdict = "reached" if reached else f"missed by {abs(1 - value / target):.0%}" if target else "missed"
        lines.append(f"| {what} | {bound} | {number(value) if value > 0 else f'{value:.3f}'} | {verdict} |")
    if "same_bytes" in results:
        verdict = "reached" if results["same_bytes"] else "missed"
        lines.append(f"| one and two threads train the same bytes | yes | {'yes' if results['same_bytes'] else 'no'} | {verdict} |")
    return "\n".join(lines)


def render(results):
    m = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in m["versions"].items())
    head = (
        f"{m['cpu']}, {m['cores']} cores, {m['gib']:.0f} GiB; {versions}. "
        f"{results['rounds']} rounds in {results['minutes']:.0f} minutes; a program that had used "
        "its share of the time stays out of further rounds (column “runs”). Peak memory is that of "
        "the largest process, and at least 9 MB, those of the measuring process."
    )
    parts = [head, aims_table(results), *map(table, results["tasks"].values())]
    return "\n\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    marks.replace(Path(sys.argv[2]), "compare", render(json.loads(Path(sys.argv[1]).read_text())))
