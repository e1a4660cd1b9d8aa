#!/bin/sh
# The engine, the check and the store by themselves, then the server under the load of many users, in turns with a floor:
# the least that the workload needs. The server has one core and the users the other one. With `BENCH=server` only the
# server is measured. BENCH_SECS and BENCH_ROUNDS say how long and how often, BENCH_STORED how many idle conversations
# are stored, BENCH_CALLS how many calls are in flight at once.
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
dir=$(mktemp -d target/bench-XXXXXX)
trap 'rm -rf "$dir"' EXIT
# The calls in flight are connections, of the server and of the company.
ulimit -n 32768 2>/dev/null || ulimit -n "$(ulimit -H -n)" 2>/dev/null || true

load() {
    # shellcheck disable=SC2086 # Words, or none.
    $users "$programs/countersign-load" "$@" --server "$programs/countersign" --under "$server" --dir "$dir"
}

failed=0
load targets --floor "$programs/countersign-floor" --secs "${BENCH_SECS:-4}" --rounds "${BENCH_ROUNDS:-3}" || failed=1
load versions --versions 50 || failed=1
load idle --conversations 60000 || failed=1
load fill --at "$dir/stored" --conversations "${BENCH_STORED:-1000000}" || failed=1
load stored --at "$dir/stored" --secs "${BENCH_SECS:-4}" || failed=1
load inflight --calls "${BENCH_CALLS:-10000}" || failed=1
printf "the program has %s bytes\n" "$(wc -c <"$programs/countersign")"
exit "$failed"
