#!/usr/bin/env bash
# All full measurements, one after another; the tables go to campaign.md below the data folder.
#
#   benchmarks/campaign.sh [draws [draws of fastai]]
#
# Stopped and started again, it goes on where it was. PYTHON names the project's Python (default .venv/bin/python);
# FASTAI_PYTHON one whose environment has fastai as well: without it, the slow peer is left as it was measured before.
set -euo pipefail
cd "$(dirname "$0")/.."

DRAWS=${1:-30}
FASTAI_DRAWS=${2:-5}
PYTHON=${PYTHON:-.venv/bin/python}
DATA=${NANOWEB_DATA:-var}
TABLES=$DATA/benchmarks/campaign.md
export OMP_NUM_THREADS=1

machine() {
    local model
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)
    echo "$(getconf _NPROCESSORS_ONLN) cores, ${model:-$(uname -m)}, load $(uptime | sed 's/.*load average[s]*: //')"
}

measure() {
    local python=$1
    shift
    printf '\n## %s\n\n`python -m benchmarks.%s`, %s; %s; commit %s\n' \
        "$1" "$*" "$(date +%F)" "$(machine)" "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" >>"$TABLES"
    echo "$* …"
    "$python" -m "benchmarks.$1" "${@:2}" >>"$TABLES"
}

mkdir -p "$DATA/benchmarks"
: >"$TABLES"
if [ -n "${FASTAI_PYTHON:-}" ]; then
    "$FASTAI_PYTHON" -m benchmarks.fine_tune --draws "$FASTAI_DRAWS"
fi
measure "$PYTHON" accuracy --draws "$DRAWS"
measure "$PYTHON" honesty --draws "$(((DRAWS + 4) / 5))"
measure "$PYTHON" train
measure "$PYTHON" predict
measure "$PYTHON" mutations --count 10000
measure "$PYTHON" ingest 100 500 1000
measure "$PYTHON" ingest 100 --megapixels 12
measure "$PYTHON" resume
measure "$PYTHON" toy
measure "$PYTHON" text --draws "$(((DRAWS + 2) / 3))"
echo "The tables: $TABLES"
