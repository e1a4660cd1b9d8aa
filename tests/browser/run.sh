#!/bin/sh
# The chat and the console in a real browser. Needs node 20, cargo, and Debian's chromium, which root gets by itself.
# Each part ends with `N passed, N failed`. `tests/browser/run.sh NAME` runs the tests whose name has NAME in it.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)

: "${CHROMIUM:=$(command -v chromium || true)}"
if [ -z "$CHROMIUM" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "chromium is missing: install it, or set CHROMIUM to where a Chromium or Chrome is" >&2
    exit 1
  fi
  apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
  CHROMIUM=$(command -v chromium)
fi
export CHROMIUM

[ -d node_modules/axe-core ] || npm ci --no-audit --no-fund --loglevel=error
(cd "$root" && cargo build --quiet -p countersign-server --example chat_page && cargo build --quiet -p countersign)
target=${CARGO_TARGET_DIR:-$root/target}
status=0
[ "${ONLY:-chat}" != chat ] || node run.mjs "$target/debug/examples/chat_page" "$@" || status=1
[ "${ONLY:-console}" != console ] || node console.mjs "$target/debug/countersign" "$@" || status=1
exit $status
