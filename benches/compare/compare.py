"""Measures newstopics and its peers in one run, alternately, and writes the table of the docs.

In every round the programs of a task take turns, each round beginning with another one. A slow
program drops out of further rounds once it has used its share of seconds.

usage: compare.py [--data FOLDER] [--rounds 5] [--seconds 40] [--archive-megabytes 200]
                  [--only TASK ...] [--docs docs/performance.md]

FOLDER (or the environment variable NEWSTOPICS_DATA) holds reuters90-{train,test}.csv and
20ng-{train,test}.csv with the columns labels, text and, if there is one, title.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(HERE.parent), str(HERE.parent / "growth")]

import data
import marks
import report
import tasks
from generate import generate
from programs import newstopics


def measure(command, repeats, out):
    """(wall seconds, processor seconds, peak bytes) of each run."""
    base = getattr(sys, "_base_executable", sys.executable)
    measured = [base, "-I", "-S", HERE / "measure.py", repeats, out, *command]
    done = subprocess.run(list(map(str, measured)), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return [tuple(map(float, line.split())) for line in done.stdout.splitlines()]


def run_task(task, rounds, seconds, folder):
    """Measures all entries of a task; a dictionary for the report."""
    for entry in task.entries:
        for file, command in entry.needs.items():
            if not Path(file).exists():
                measure(command, 1, folder / "out")
    runs = {entry.name: [] for entry in task.entries}
    figures = {}
    for round_ in range(rounds):
        turn = round_ % len(task.entries)
        for entry in task.entries[turn:] + task.entries[:turn]:
            done = runs[entry.name]
            if sum(wall for wall, _, _ in done) > seconds:
                continue
            done += measure(entry.command, task.repeats, folder / "out")
            print(f"{task.key:14} {entry.name:22} {done[-1][0]:8.2f} s", file=sys.stderr)
            if entry.figures and entry.name not in figures:
                figures[entry.name] = entry.figures()
    return {
        "title": task.title,
        "megabytes": task.megabytes,
        "rows": [
            {"name": e.name, "note": e.note, "runs": runs[e.name], **figures.get(e.name, {})}
            for e in task.entries
        ],
    }


def same_bytes(files, folder):
    """Whether one and two threads train the same model."""
    models = []
    for threads in (1, 2):
        model = folder / f"threads-{threads}.newstopics"
        source = files.data("policy-train", ".csv")
        measure(newstopics.train(source, model, "--threads", threads), 1, folder / "out")
        models.append(model.read_bytes())
    return models[0] == models[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default=os.environ.get("NEWSTOPICS_DATA"), type=Path)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--seconds", default=40, type=float, help="a program's share of a task")
    parser.add_argument("--archive-megabytes", default=200, type=int)
    parser.add_argument("--only", nargs="*", help="keys of tasks")
    parser.add_argument("--docs", type=Path, help="the Markdown file whose table is replaced")
    arguments = parser.parse_args()
    if not arguments.data:
        parser.error("give the folder of the data sets with --data or NEWSTOPICS_DATA")

    folder = ROOT / "target" / "compare"
    prepared, models = folder / "data", folder / "models"
    # Files and models of an earlier run may be those of another version.
    for stale in (prepared, models):
        shutil.rmtree(stale, ignore_errors=True)
    data.prepare(arguments.data, prepared, arguments.archive_megabytes, generate)
    files = tasks.Files(prepared, models)
    chosen = [t for t in tasks.all_tasks(files) if not arguments.only or t.key in arguments.only]
    results = {"machine": report.machine(), "rounds": arguments.rounds, "tasks": {}}
    start = time.time()
    for task in chosen:
        results["tasks"][task.key] = run_task(task, arguments.rounds, arguments.seconds, folder)
        results["minutes"] = (time.time() - start) / 60
        (folder / "results.json").write_text(json.dumps(results, indent=1))
    results["same_bytes"] = same_bytes(files, folder)
    (folder / "results.json").write_text(json.dumps(results, indent=1))
    text = report.render(results)
    print(text)
    if arguments.docs:
        marks.replace(arguments.docs, "compare", text)


if __name__ == "__main__":
    main()
