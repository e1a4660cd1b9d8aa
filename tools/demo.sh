#!/bin/sh
# Builds the program and runs the demo. Further arguments go to `countersign demo`.
set -eu
cd "$(dirname "$0")/.."

echo "Building. The first time takes a few minutes."
sh tools/console.sh || echo "Going on without the console." >&2
cargo build --quiet --release -p countersign
exec "${CARGO_TARGET_DIR:-target}/release/countersign" demo "$@"
