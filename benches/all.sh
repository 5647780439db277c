#!/usr/bin/env bash
# Every measurement of docs/performance.md, on a quiet machine: the comparison with the peers,
# growth, and instruction counts. About 25 minutes on two cores.
#
# usage: benches/all.sh DATA [ROUNDS]
#   DATA    folder with reuters90-{train,test}.csv and 20ng-{train,test}.csv
#   ROUNDS  how often every program takes its turn (default 5)
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
data=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

# The profile of the release, whatever the environment says.
unset CARGO_PROFILE_RELEASE_LTO CARGO_PROFILE_RELEASE_CODEGEN_UNITS
cargo build --release --locked --bin newstopics --example objective --example load
benches/compare/setup.sh
python=target/compare/venv/bin/python
"$python" benches/compare/compare.py --data "$data" --rounds "${2:-5}" --docs docs/performance.md
"$python" benches/growth/growth.py --docs docs/performance.md --plot docs/images/growth.svg
benches/counts.sh docs/performance.md
