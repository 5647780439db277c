#!/usr/bin/env python3
"""Prints the corpus's counts as the tables of README.md.   usage: python3 training/counts.py"""
import collections
import csv
import pathlib
import re

TOPICS = ["export_controls", "critical_minerals", "tariffs", "defense"]
LENGTHS = [(60, "up to 60"), (250, "61-250"), (600, "251-600"), (10**9, "over 600")]


def rows():
    for lang in ["de", "en"]:
        with open(pathlib.Path(__file__).parent / f"{lang}.csv", newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)


def table(title, counts, order=None):
    print(f"\n| {title} | de | en | all |\n|---|---|---|---|")
    names = order or [name for name, _ in collections.Counter(
        {name: sum(by.values()) for name, by in counts.items()}).most_common()]
    for name in names:
        by = counts[name]
        print(f"| {name} | {by['de']} | {by['en']} | {by['de'] + by['en']} |")


def main():
    labels, registers, lengths, sources = (collections.defaultdict(collections.Counter) for _ in range(4))
    for row in rows():
        lang = row["lang"]
        carried = [label for label in row["labels"].split(";") if label]
        for label in carried:
            labels[label][lang] += 1
        labels["no topic"][lang] += not carried
        labels["several topics"][lang] += len(carried) > 1
        labels["all articles"][lang] += 1
        registers[row["register"]][lang] += 1
        words = len(re.findall(r"\w+", row["title"] + " " + row["text"]))
        lengths[next(name for limit, name in LENGTHS if words <= limit)][lang] += 1
        sources["with a source"][lang] += bool(row["source"])
        sources["without a title"][lang] += not row["title"]
    table("label", labels, TOPICS + ["several topics", "no topic", "all articles"])
    table("words", lengths, [name for _, name in LENGTHS])
    table("register", registers)
    table("other", sources)


if __name__ == "__main__":
    main()
