#!/bin/sh
# Builds the browser console into console/dist, unless it was built from these very files before. Needs node 20.
set -eu
cd "$(dirname "$0")/../console"

# Debian has both.
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -y -q --no-install-recommends nodejs npm
fi
command -v npm >/dev/null || { echo "npm is missing: install node 20, or go on without the console" >&2; exit 1; }
files=$(find src public build index.html package.json package-lock.json tsconfig.json vite.config.ts -type f | LC_ALL=C sort)
# shellcheck disable=SC2086 # The names have no spaces.
now=$(cat $files | sha256sum)
if [ -f dist/index.html ] && [ "$(cat .built 2>/dev/null)" = "$now" ]; then
    exit 0
fi

echo "Building the console."
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build -- --logLevel=warn
echo "$now" >.built
