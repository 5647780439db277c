"""Articles of about 150 words made by drawing sentences of the training corpus, seeded.

An article takes the language and the labels of a random row of the corpus and sentences of all
rows with the same language and labels. Two invented names an article, drawn by Zipf's law, make
the vocabulary grow as that of real text does. A shorter file is the beginning of a longer one.

usage: generate.py ARTICLES OUT.csv
"""

import csv
import math
import random
import re
import sys
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "training"
WORDS = 150
NAMES = math.log(50_000_000)
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def sentences():
    """For each row of the corpus its labels and the sentences it may draw: (text, words)."""
    pools, rows = {}, []
    for language in ("de", "en"):
        with open(CORPUS / f"{language}.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (language, row["labels"])
                rows.append(key)
                pools.setdefault(key, []).extend(
                    (" ".join(s.split()).replace('"', '""'), s.count(" ") + 1)
                    for s in SENTENCE.split(row["text"])
                    if len(s) > 20
                )
    return [(key[1], pools[key]) for key in rows]


def name(rank):
    """An invented name for a rank: Za, Zb, ... in letters."""
    letters = "Z"
    while rank:
        rank, digit = divmod(rank, 26)
        letters += chr(97 + digit)
    return letters


def generate(path, articles=math.inf, megabytes=math.inf):
    """Writes a CSV file of so many articles, or of so many megabytes; returns the articles."""
    draw = random.Random(1)
    rows = sentences()
    written = count = 0
    limit = megabytes * 1e6
    with open(path, "w", newline="", encoding="utf-8", buffering=1 << 20) as file:
        file.write("id,labels,text\n")
        while count < articles and written < limit:
            labels, pool = rows[int(draw.random() * len(rows))]
            size, length, parts = len(pool), 0, []
            while length < WORDS:
                sentence, words = pool[int(draw.random() * size)]
                parts.append(sentence)
                length += words
            names = [name(int(math.exp(draw.random() * NAMES))) for _ in range(2)]
            line = f'{count},{labels},"{" ".join(parts)} {names[0]} {names[1]}."\n'
            file.write(line)
            written += len(line)
            count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    generate(sys.argv[2], articles=int(sys.argv[1]))
