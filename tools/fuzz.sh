#!/bin/sh
# Runs every fuzz target for FUZZ_SECONDS seconds. Needs the nightly toolchain and cargo-fuzz.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "Fuzzing needs the nightly toolchain: rustup toolchain install nightly" >&2
    exit 1
fi
cargo +nightly fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-fuzz

for target in $(cargo +nightly fuzz list); do
    echo "==> $target"
    # What the check meets in earnest is where it starts from.
    case $target in
        bot_file) seeds=demo/bots ;;
        *) seeds= ;;
    esac
    mkdir -p "fuzz/corpus/$target"
    # shellcheck disable=SC2086 # No seeds are no argument.
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" $seeds -- -max_total_time="$seconds" -max_len=4096 -print_final_stats=1
done
