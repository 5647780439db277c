"""The Markdown of the comparison.

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

import aims
import marks
from show import duration, spread


def output_of(*command):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True).stdout


def machine():
    """Processor, cores, memory and versions; nothing that names the machine."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    versions = {
        "newstopics": output_of("git", "-C", ROOT, "rev-parse", "--short", "HEAD").strip(),
        "rustc": output_of("rustc", "-V").split()[1],
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


def render(results):
    m = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in m["versions"].items())
    head = (
        f"{m['cpu']}, {m['cores']} cores, {m['gib']:.0f} GiB; {versions}. "
        f"Rounds: {results['rounds']}, in {results['minutes']:.0f} minutes; a program that had used "
        "its share of the time stays out of further rounds (column “runs”). CPU is processor time "
        "of all processes; peak memory that of the largest, and at least the 9 MB of the measuring "
        "process."
    )
    parts = [head, aims.table(results), *map(table, results["tasks"].values())]
    return "\n\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    marks.replace(Path(sys.argv[2]), "compare", render(json.loads(Path(sys.argv[1]).read_text())))
