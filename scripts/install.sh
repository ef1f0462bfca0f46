# What run.sh and test.sh share: a Python, the environment in .venv, and the packages in it. Sourced, from the project's
# root. Written for Debian and macOS (bash 3.2 there; nobody has run it on a Mac yet).

VENV=.venv
PYTHON=$VENV/bin/python
CPU_BUILDS=https://download.pytorch.org/whl/cpu  # PyTorch's own index of builds without CUDA
RUNNING= BESIDE=

say() { printf '%s\n' "$*"; }

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Runs a command in a process group of its own, so that a signal to this script ends all that the command started.
step() {
    local status=0
    set -m
    "$@" </dev/null &
    RUNNING=$!
    set +m
    wait "$RUNNING" || status=$?
    RUNNING=
    return $status
}

# Starts a command in a process group of its own and goes on; `wait "$BESIDE"` for its end.
beside() {
    set -m
    "$@" </dev/null &
    BESIDE=$!
    set +m
}

stop() {
    local group
    trap - INT TERM HUP
    for group in $RUNNING $BESIDE; do
        kill -TERM -- "-$group" 2>/dev/null || true
        wait "$group" 2>/dev/null || true
    done
    exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop 129' HUP

# The first Python that is new enough, on standard output.
find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_environment() {
    local base found
    if "$PYTHON" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    if ! base=$(find_python); then
        found=$(python3 --version 2>/dev/null) || found='no Python 3'
        fail "NanoWeb needs Python 3.11 or newer, and this computer has ${found}.
On Debian 12 or newer:  apt-get install python3 python3-venv
On a Mac:               brew install python@3.12"
    fi
    if ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then
        fail "Python's venv module is not complete here. On Debian:  apt-get install python3-venv"
    fi
    say "Making the environment $VENV with $("$base" --version) …"
    rm -rf "$VENV"
    step "$base" -m venv "$VENV" || fail "The environment $VENV could not be made; the lines above say why."
}

has_nvidia_card() {
    [ -e /proc/driver/nvidia/version ] || nvidia-smi -L 2>/dev/null | grep -q '^GPU'
}

# Whether an address answers within seconds. Must not hang on a closed network, not even while it looks up the name.
reachable() {
    "$PYTHON" - "$1" <<'END'
import os, sys, threading, urllib.request

def ask():
    try:
        urllib.request.urlopen(sys.argv[1], timeout=4).close()
    except (OSError, ValueError):
        os._exit(1)
    os._exit(0)

threading.Thread(target=ask, daemon=True).start()
threading.Event().wait(5)
os._exit(1)
END
}

# torch without CUDA, where there is no card for it: that saves gigabytes.
install_torch() {
    local builds
    builds=$(grep -E '^torch(vision)?==' requirements.txt)
    if [ "$(uname -s)" != Linux ]; then
        return
    elif has_nvidia_card; then
        say 'torch: this computer has an NVIDIA card, so it gets the build with CUDA.'
    elif reachable "$CPU_BUILDS/torch/"; then
        say "torch: no NVIDIA card here, so the CPU build from $CPU_BUILDS."
        # shellcheck disable=SC2086 # one word for each requirement
        pip_install --extra-index-url "$CPU_BUILDS" $builds || say 'torch: that failed; trying what the package registry has.'
    else
        say "torch: no NVIDIA card here, but PyTorch's index of CPU builds does not answer: taking what the package"
        say '       registry has. If that is the build with CUDA, it is some gigabytes more than needed.'
    fi
}

pip_install() { step "$PYTHON" -m pip install --disable-pip-version-check "$@"; }

# The requirements file with all that decides what is installed from it, as one hash.
installed_from() {
    "$PYTHON" -c 'import hashlib, sys
parts = [sys.version.encode(), *(open(name, "rb").read() for name in sys.argv[1:])]
print(hashlib.sha256(b"\0".join(parts)).hexdigest())' "$@"
}

# install FILE: brings the environment in line with a requirements file; at once where it is already.
install() {
    local file=$1 wanted marker
    make_environment
    wanted=$(installed_from requirements.txt "$file")
    marker=$VENV/installed-${file%.txt}
    if [ "$(cat "$marker" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    say "Installing $file; the first time this takes a few minutes …"
    if [ "$file" = requirements.txt ]; then
        install_torch
    fi
    pip_install -r "$file" || fail "Not everything could be installed; the lines above say why. Start again to go on."
    if [ "$file" = requirements.txt ]; then
        say "torch: installed is $("$PYTHON" -c 'from importlib.metadata import version; print(version("torch"))')."
    fi
    printf '%s\n' "$wanted" >"$marker"
}
