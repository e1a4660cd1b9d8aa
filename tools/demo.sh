#!/bin/sh
# Starts the demo bank and a conversation with its bot; stops the bank at the end. Further arguments go to `chat`.
set -eu
cd "$(dirname "$0")/.."

echo "Building. The first time takes a few minutes."
cargo build --quiet --release -p countersign -p countersign-bank
programs=${CARGO_TARGET_DIR:-target}/release

said=$(mktemp)
bank=
stop() {
    [ -z "$bank" ] || kill "$bank" 2>/dev/null || true
    rm -f "$said"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts the bank on a port, and says whether it listens.
start_bank() {
    : >"$said"
    # Its tokens outlive the bot's own limit of 15 minutes, so that `/wait 20m` shows the bot asking again.
    "$programs/countersign-bank" --listen "127.0.0.1:$1" --token-lifetime 86400 >"$said" &
    bank=$!
    while kill -0 "$bank" 2>/dev/null; do
        if grep -q '^Demo bank on ' "$said"; then return 0; fi
        sleep 0.1
    done
    bank=
    return 1
}

if ! start_bank 8090; then
    echo "Port 8090 is taken, so the bank takes any that is free."
    start_bank 0 || exit 1
fi
url=$(sed -n 's/^Demo bank on //p' "$said")

cat <<END

The demo bank runs on $url, an auth service and an API of its own.
You chat with its bot as on WhatsApp. Type:

    balance        what the bot is asked for
    alice          your user name
    wonderland     your password; it is not shown
    checking       the account

Ask for your balance again: the bot does not ask for the login a second time.
End with Ctrl-D.

END
"$programs/countersign" chat demo/bots/bank.yaml --channel whatsapp \
    --config "bank_url=$url" --allow "${url#http://}" "$@"
