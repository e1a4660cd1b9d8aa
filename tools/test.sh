#!/bin/sh
# Builds everything and runs all tests. Goes on after a failure, so that one run tells of all of them.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

stage() {
    echo "==> $1"
    shift
    if ! "$@"; then
        echo "==> failed: $*" >&2
        status=1
    fi
}

# The console's packages, types, form, tests and build, and how much a browser loads first. It stands before the program,
# which has its pages in it. The last line is as in the other summaries.
console() (
    sh tools/console.sh && cd console && npm run --silent check || return 1
    ! grep -q '"resolved"' package-lock.json || { echo "package-lock.json names a registry" >&2; return 1; }
    npm run --silent test -- --reporter=dot --reporter=json --outputFile.json=output/tests.json || failed=1
    node -p 'const { numPassedTests: ok, numFailedTests: no } = JSON.parse(fs.readFileSync("output/tests.json")); `${ok} passed, ${no} failed`'
    node build/budget.mjs || failed=1
    [ -z "${failed:-}" ]
)
stage "the console" console

# Some tests run the program. With `--tests`, what it is built from is built the same way as for the tests.
echo "==> build"
cargo build --workspace --lib --bins --tests --examples || exit 1
countersign=${CARGO_TARGET_DIR:-target}/debug/countersign

if cargo nextest --version >/dev/null 2>&1; then
    stage "tests" cargo nextest run --workspace --no-fail-fast
    stage "examples in the documentation of the code" cargo test --workspace --doc --no-fail-fast
else
    stage "tests" cargo test --workspace --no-fail-fast
fi

bots=$(find demo/bots -name '*.yaml' ! -name '*.test.yaml' | sort)
# shellcheck disable=SC2086 # The names of the bots have no spaces.
stage "check of the demo bots" "$countersign" check $bots
# shellcheck disable=SC2086
stage "conversation tests of the demo bots" "$countersign" test $bots

# The widget's own tests, and its types. The last line is as in the other summaries.
widget() {
    (cd widget && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check) || return 1
    said=$(node --test --test-reporter=tap widget/test/) || failed=1
    [ -z "${failed:-}" ] || echo "$said"
    echo "$said" | awk '/^# pass /{p=$3} /^# fail /{f=$3} END {print p+0 " passed, " f+0 " failed"}'
    [ -z "${failed:-}" ]
}
stage "the widget" widget

stage "the chat and the console in a browser" sh tests/browser/run.sh

stage "the API against its description" sh tests/schemathesis/run.sh

exit $status
