"""Time and memory of training and prediction for 1,000 to 1,000,000 articles.

Articles of 150 words are made by generate.py; each size is the beginning of the next. Training is
one fit with words 1-2 up to the largest size, and with the default features (words and
characters) up to the size given by --default-to. The model trained on a size labels the same
articles. Runs in the same virtual environment as benches/compare.

usage: growth.py [--largest 1000000] [--default-to 100000] [--docs docs/performance.md]
                 [--plot docs/images/growth.svg]
"""

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(HERE.parent), str(HERE.parent / "compare")]

import marks
import report
from compare import measure
from generate import generate
from programs import newstopics
from show import duration

SIZES = [1_000, 10_000, 100_000, 1_000_000]
# Runs of each size, of which the fastest counts: small ones are short and so the noisiest.
REPEATS = {1_000: 5, 10_000: 3}
LINES = {
    "words": ("words 1-2", newstopics.WORDS),
    "default": ("words 1-2 and characters 3-6", ()),
}
LIMIT_GIB = 6


def head(source, target, articles):
    """The first articles of a file; no cell holds a line break."""
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for _, line in zip(range(articles + 1), lines):
            out.write(line)


def run(largest, default_to, folder):
    """Rows of the table: one for each size and kind of features."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = folder / f"{largest}.csv"
    generate(everything, articles=largest)
    rows = []
    for size in (s for s in SIZES if s <= largest):
        source, model = folder / f"{size}.csv", folder / "model"
        if source != everything:
            head(everything, source, size)
        for kind, (_, options) in LINES.items():
            if kind == "default" and size > default_to:
                continue
            repeats = REPEATS.get(size, 1)
            train = newstopics.train(source, model, *options, *newstopics.ONE_FIT)
            trained = min(measure(train, repeats, folder / "out"))
            predict = newstopics.predict(source, model)
            predicted = min(measure(predict, repeats, folder / "out"))
            rows.append(
                {
                    "articles": size,
                    "kind": kind,
                    "megabytes": source.stat().st_size / 1e6,
                    "features": features(model),
                    "train": trained,
                    "predict": predicted,
                }
            )
            print(rows[-1], file=sys.stderr)
    return rows


def features(model):
    command = [newstopics.PROGRAM, "inspect", str(model), "--format", "json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return sum(block["features"] for block in json.loads(done.stdout)["blocks"])


def exponent(rows, what):
    """Slope of the line through the two largest sizes in the log-log plot: 1 is linear."""
    small, large = rows[-2:]
    time = math.log(large[what][0] / small[what][0])
    return time / math.log(large["articles"] / small["articles"])


def table(rows):
    lines = [
        "| articles | size | features | training | peak memory | prediction | peak memory |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        cells = [f"{row['articles']:,}", f"{row['megabytes']:,.1f} MB", f"{row['features']:,}"]
        for what in ("train", "predict"):
            wall, _, peak = row[what]
            cells += [duration(wall), f"{peak / 1e6:,.0f} MB"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def render(rows):
    """The text between the marks of the docs."""
    m = report.machine()
    parts = [f"{m['cpu']}, {m['cores']} cores; newstopics {m['versions']['newstopics']}; one fit."]
    for kind, (title, _) in LINES.items():
        chosen = [row for row in rows if row["kind"] == kind]
        if not chosen:
            continue
        parts += [f"### Growth, {title}", table(chosen)]
        if len(chosen) > 1:
            parts.append(
                "Exponent of the time between the two largest sizes (1 is linear): "
                f"training {exponent(chosen, 'train'):.2f}, "
                f"prediction {exponent(chosen, 'predict'):.2f}."
            )
    largest = max((r for r in rows if r["kind"] == "words"), key=lambda r: r["articles"])
    peak = largest["train"][2] / 2**30
    verdict = "reached" if peak <= LIMIT_GIB else f"missed by {peak / LIMIT_GIB - 1:.0%}"
    parts.append(
        f"Training on {largest['articles']:,} articles takes {peak:.2f} GiB; "
        f"at most {LIMIT_GIB} GiB for 1,000,000 wanted: {verdict}."
    )
    return "\n\n".join(parts)


def plot(rows, path):
    import matplotlib

    matplotlib.use("svg")
    # The same figures give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    import matplotlib.pyplot as plt

    figure, (time, memory) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for kind, (title, _) in LINES.items():
        chosen = [row for row in rows if row["kind"] == kind]
        articles = [row["articles"] for row in chosen]
        for what, word, style in (("train", "training", "-o"), ("predict", "prediction", "--s")):
            label = f"{word}, {title}"
            time.loglog(articles, [row[what][0] for row in chosen], style, label=label)
            memory.loglog(articles, [row[what][2] / 1e6 for row in chosen], style, label=label)
    for axes, label in ((time, "seconds"), (memory, "peak memory, MB")):
        axes.set(xlabel="articles of 150 words", ylabel=label)
        axes.grid(True, which="major", alpha=0.3)
    # What linear growth looks like.
    sizes = sorted({row["articles"] for row in rows})
    last = next(row for row in reversed(rows) if row["kind"] == "words")
    linear = [last["train"][0] * size / last["articles"] for size in sizes]
    time.loglog(sizes, linear, ":", color="grey", label="linear")
    time.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--largest", default=1_000_000, type=int, choices=SIZES)
    parser.add_argument("--default-to", default=100_000, type=int)
    parser.add_argument("--docs", type=Path, help="the Markdown file whose table is replaced")
    parser.add_argument("--plot", type=Path, help="the SVG file")
    arguments = parser.parse_args()
    rows = run(arguments.largest, arguments.default_to, ROOT / "target" / "growth")
    text = render(rows)
    print(text)
    if arguments.plot:
        plot(rows, arguments.plot)
    if arguments.docs:
        marks.replace(arguments.docs, "growth", text)


if __name__ == "__main__":
    main()
