#!/bin/sh
# The API of the console against its description, with schemathesis: requests made up from api/openapi.json, right ones
# and wrong ones, to the real program. Needs cargo and Python 3.11 or newer; root gets Debian's python3-venv by itself.
# Ends with `N passed, N failed`. CONTRIBUTING.md says more.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
venv=$target/schemathesis-venv

: "${PYTHON:=python3}"
if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" != 0 ]; then
    echo "python3-venv is missing: install it, or set PYTHON to a Python 3.11 or newer that has it" >&2
    exit 1
  fi
  apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
fi

# What is installed is exactly what requirements.txt says, by hash. The file beside says for which of its versions.
if ! cmp -s requirements.txt "$venv/installed.txt"; then
  rm -rf "$venv"
  "$PYTHON" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.txt
  cp requirements.txt "$venv/installed.txt"
fi

(cd "$root" && cargo build --quiet -p countersign)
exec "$venv/bin/python" -B run.py "$target/debug/countersign" "$root/api/openapi.json" "$@"
