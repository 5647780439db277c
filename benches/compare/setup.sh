#!/bin/sh
# Installs the peers into a virtual environment and builds fastText's own program from its source.
# Needs Python 3.11 or later and a C++ compiler.
# usage: benches/compare/setup.sh
set -eu
FASTTEXT=0.9.3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/../../target/compare"
cd "$here/../../target/compare"
[ -x venv/bin/python ] || python3 -m venv venv
venv/bin/pip install -q -r "$here/requirements.txt"
if [ ! -x fasttext ]; then
  venv/bin/pip download -q --no-build-isolation --no-deps --no-binary fasttext \
    "fasttext==$FASTTEXT" -d source
  tar xzf "source/fasttext-$FASTTEXT.tar.gz" -C source
  ${CXX:-g++} -O3 -march=native -funroll-loops -std=c++17 -pthread -include cstdint \
    "source/fasttext-$FASTTEXT"/src/*.cc -o fasttext
fi
