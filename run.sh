#!/usr/bin/env bash
# Everything from a fresh machine to a running program: ./run.sh. Started again it installs and fetches nothing.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/install.sh

install requirements.txt
step "$PYTHON" manage.py prepare
step "$PYTHON" manage.py fetchbackbones --unless-tried ||
    fail 'NanoWeb needs at least EfficientNet-Lite0. Start again to go on from where it stopped.'
exec "$PYTHON" manage.py up --sign-in-link
