"""`run.py PROGRAM DOCUMENT [MORE]`: starts the program, asks it whatever its description allows and what it does not allow, and
says how many passed. A route passes when nothing that it answered was amiss, and when it gave a good answer at least once.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import schemathesis.cli
from schemathesis import engine
from schemathesis.engine import events

import hooks
from walk import Walk
from world import World

# The same seed asks the same. EXAMPLES makes a longer run, and with another SEED it asks something else.
SEED = os.environ.get("SEED", "1")
EXAMPLES = int(os.environ.get("EXAMPLES", "40"))

# Routes that have no good answer here, and why.
NEVER_GOOD = {
    "POST /setup": "the first person is there already",
    "POST /session/passkey/begin": "a browser makes no passkey for an address without a name",
    "POST /session/passkey/finish": "the same",
    "POST /account/passkeys/begin": "the same",
    "POST /account/passkeys/finish": "the same",
    "DELETE /account/passkeys/{id}": "the same",
    "POST /workspaces/{workspace}/outbox/release": "messages are held only after a restore",
    "POST /workspaces/{workspace}/outbox/discard": "the same",
    "POST /workspaces/{workspace}/dead-letters/{id}/again": "nothing is given up within minutes",
    "DELETE /workspaces/{workspace}/dead-letters/{id}": "the same",
}


def dictionaries(world):
    """What is known only now. Values from here stand beside values that are made up."""
    values = {
        "bot": ["mine", "demo-bank"],
        "kind": ["authorization-tokens", "web-services", "forms"],
        "component": ["bank-login", "get-balance", "call-me"],
        "channel": ["whatsapp", "web"],
        "conversation": world.conversations,
        "token": world.tokens,
        "simulation": [world.simulation],
        "spare": world.spares,
        "bin": world.bins,
        "finding": ["E0101", "E0201", "W0501"],
    }
    return "".join(f"\n[dictionaries.{name}]\nvalues = {json.dumps(every)}\n" for name, every in values.items())


class Outcome:
    """Which routes were asked, and with which of their answers something was amiss."""

    asked, failed, cases, ended = set(), set(), 0, False

    def __init__(self, *args, **params):
        pass

    def start(self, ctx):
        pass

    def handle_event(self, ctx, event):
        if isinstance(event, events.ScenarioFinished):
            Outcome.cases += len(event.recorder.cases)
            for case_id, checks in event.recorder.checks.items():
                label = event.recorder.cases[case_id].value.operation.label
                Outcome.asked.add(label)
                if any(check.status == engine.Status.FAILURE for check in checks):
                    Outcome.failed.add(label)
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            Outcome.failed.add(getattr(event, "label", None) or "schemathesis")
        elif isinstance(event, events.EngineFinished):
            Outcome.ended = event.stop_reason is engine.StopReason.COMPLETED

    def shutdown(self, ctx):
        pass


schemathesis.cli.handler()(Outcome)


def made_up(world, document, folder, more):
    os.environ["COUNTERSIGN_BASE"] = world.base
    config = folder / "config.toml"
    text = Path(__file__).with_name("config.toml").read_text()
    config.write_text(text.replace("@EXAMPLES@", str(EXAMPLES)) + dictionaries(world))
    try:
        arguments = ["--config-file", str(config), "run", document, "--seed", SEED, "--no-color"]
        schemathesis.cli.schemathesis(arguments + more, standalone_mode=False)
    except SystemExit:
        pass


def main(program, document, *more):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        world = World(program, folder)
        try:
            hooks.use(world, json.loads(Path(document).read_text()))
            world.fill()
            walk = Walk(world, document)
            walk.run()
            made_up(world, document, folder, list(more))
            still_there = world.process.poll() is None
        finally:
            world.stop()
        log = (folder / "server.log").read_text()
    good = walk.reached | {label for label, status in hooks.answers if 200 <= status < 300}
    failed = {label: "an answer is amiss, see above" for label in Outcome.failed}
    for label in sorted(Outcome.asked - good - NEVER_GOOD.keys()):
        seen = {status: count for (one, status), count in sorted(hooks.answers.items()) if one == label}
        failed[label] = f"it never gave a good answer; statuses and how often: {seen}"
    for label in sorted(good & NEVER_GOOD.keys()):
        failed[label] = "it gave a good answer: it is no exception any more"
    for label, count in hooks.limited.items():
        failed[label] = f"{count} requests were turned away as too many: there are too few callers"
    if not still_there or "panicked" in log or not Outcome.ended:
        failed["the program"] = "it stopped, panicked, or was not asked everything\n" + log[-2000:]
    if hooks.CANARY in log or world.password in log:
        failed["the log of the program"] = "a secret stands in it"
    for line in walk.failed:
        print(f"FAILED  {line}")
    for label, why in failed.items():
        print(f"FAILED  {label}: {why}")
    print(f"{Outcome.cases} requests made up for {len(Outcome.asked)} routes, seed {SEED}, {time.monotonic() - begun:.0f} s")
    # The walk is a test of its own.
    count = len(failed) + bool(walk.failed)
    print(f"{len(Outcome.asked - failed.keys()) + (not walk.failed)} passed, {count} failed")
    sys.exit(1 if count or not Outcome.asked else 0)


main(*sys.argv[1:])
