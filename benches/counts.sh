#!/usr/bin/env bash
# Instructions executed by the main paths, counted by valgrind's callgrind on one thread.
#
# A busy machine does not change them; a repetition differs in the fourth digit at most (hash
# seeds, addresses). Compare counts of the same compiler and the same training/ only.
#
# usage: benches/counts.sh [DOCS.md]        (replaces the table between the marks of a file)
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --quiet --bin newstopics --example load
program=target/release/newstopics
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 benches/growth/generate.py 1000 "$folder/1000.csv"
head -n 501 "$folder/1000.csv" > "$folder/500.csv"
words=(--word-ngrams 1-2 --char-ngrams none --folds 0)

# count NAME COMMAND...: a row of the table, in millions of instructions.
count() {
  local name=$1 instructions
  shift
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" \
    > "$folder/out" 2> "$folder/err" || { cat "$folder/err" >&2; exit 1; }
  instructions=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$folder/err")
  awk -v name="$name" -v n="$instructions" \
    'BEGIN { printf "| %s | %.*f |\n", name, (n < 1e8 ? 2 : 0), n / 1e6 }'
}

table() {
  local commit
  commit=$(git rev-parse --short HEAD)
  echo "$(rustc --version | cut -d' ' -f1,2), $(valgrind --version), newstopics $commit."
  echo
  echo "| work | million instructions |"
  echo "|---|---:|"
  count "process start and end (\`--version\`)" "$program" --version
  count "load the embedded model" target/release/examples/load
  count "predict one article, embedded model" \
    "$program" predict --threads 1 tests/data/articles/lithium.txt
  count "predict 1,000 articles, embedded model" \
    "$program" predict --threads 1 "$folder/1000.csv"
  count "train training/en.csv, words 1-2, one fit" \
    "$program" train --threads 1 training/en.csv --model "$folder/en.model" "${words[@]}"
  count "train 500 articles, default features, one fit" \
    "$program" train --threads 1 "$folder/500.csv" --model "$folder/500.model" --folds 0
}

if [ $# -eq 0 ]; then
  table
else
  table > "$folder/table"
  python3 benches/marks.py "$1" counts "$folder/table"
fi
