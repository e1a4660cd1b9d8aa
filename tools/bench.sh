#!/bin/sh
# The engine, the check and the store by themselves, then the server under the load of many users. The server has one core
# and the users the other one; with `BENCH=server` only that is measured.
set -eu
cd "$(dirname "$0")/.."

if [ "${BENCH:-all}" != server ]; then
    cargo bench -p countersign-bench
fi
cargo build --release -p countersign -p countersign-load
programs=${CARGO_TARGET_DIR:-target}/release

users=
server=
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
    users="taskset -c 1"
    server="taskset -c 0"
else
    echo "This machine has one core, or no taskset: server and users share it, so the figures are lower."
fi
mkdir -p target
# shellcheck disable=SC2086 # Words, or none.
$users "$programs/countersign-load" all --secs "${BENCH_SECS:-8}" --stored "${BENCH_STORED:-200000}" \
    --server "$programs/countersign" --under "$server" --dir target
printf "the program has %s bytes\n" "$(wc -c <"$programs/countersign")"
