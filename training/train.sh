#!/bin/sh
# Trains the model inside the program from this folder; the same data give the same bytes.
# usage: training/train.sh [OUT.model]        (default: models/policy-news.model)
set -eu
cd "$(dirname "$0")/.."
exec cargo run --release --quiet -- train training/de.csv training/en.csv \
  --model "${1:-models/policy-news.model}" \
  --label-order export_controls,critical_minerals,tariffs,defense \
  --word-ngrams 1-2 --char-ngrams 3-5 --min-df 5 \
  --c 100 --log-ratio-exponent 0.5 --f-beta 0.65 --folds 10
