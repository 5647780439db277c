"""Replaces what stands between the marks `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown file.

usage: marks.py DOCS.md NAME TEXT.md
"""

import re
import sys
from pathlib import Path


def replace(path, name, text):
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    old = path.read_text(encoding="utf-8")
    if not pattern.search(old):
        sys.exit(f"{path}: found no marks `<!-- {name} -->` and `<!-- /{name} -->`")
    path.write_text(pattern.sub(lambda m: f"{m[1]}\n{text.strip()}\n\n{m[2]}", old), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    replace(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text(encoding="utf-8"))
