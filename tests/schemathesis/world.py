"""The program with its demo, the people and keys that ask it, and something of everything to ask for."""

import itertools
import re
import subprocess
import threading
import time

import requests

# A password that is long enough. The canaries stand in what must never come back in an answer.
CANARY = "canary-7f3a"
PASSWORD = f"{CANARY}-a-password-that-is-long"
COOKIE = "__Host-countersign"
# A proof of who it is counts for ten minutes; sessions are renewed before.
FRESH = 8 * 60
# Each session and each key has a bucket of its own, as each person and each program has. With many of them the limits
# stay what they are, and a run is not slowed down by them.
KEYS = 60
SESSIONS = 20


class Session:
    """A person who is signed in."""

    def __init__(self, world, email, password):
        self.world, self.email, self.password = world, email, password
        self.sign_in()

    def sign_in(self):
        answer = self.world.post("/session", {"email": self.email, "password": self.password})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        self.cookie = answer.cookies.get(COOKIE) or re.match(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])[1]
        self.document = answer.json()
        self.csrf = self.document["csrf"]
        self.at = time.monotonic()

    def fresh(self):
        if time.monotonic() - self.at > FRESH:
            self.sign_in()
        return self

    def headers(self):
        return {"Cookie": f"{COOKIE}={self.cookie}", "x-csrf-token": self.csrf, "Origin": self.world.origin}

    def ask(self, method, path, body=None, expected=(200, 201, 204), **headers):
        answer = requests.request(
            method, self.world.base + path, json=body, headers={**self.headers(), **headers}, timeout=30
        )
        assert answer.status_code in expected, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


class World:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.peers = itertools.count(1)
        self.process = subprocess.Popen(
            [program, "demo", "--listen", "127.0.0.1:0", "--stand-ins", "0", "--color", "never"],
            stdout=subprocess.PIPE,
            stderr=open(folder / "server.log", "w"),
            cwd=folder,
            text=True,
        )
        said = {}
        for line in self.process.stdout:
            if match := re.match(r"  (server|e-mail|password|stand-ins) +(\S+)$", line):
                said.setdefault(match[1], match[2])
            if line.startswith("Stop with"):
                break
        else:
            raise SystemExit(f"the demo did not start\n{(folder / 'server.log').read_text()}\n0 passed, 1 failed")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.origin = said["server"]
        self.base = self.origin + "/api/v1"
        self.email, self.password, self.stand_ins = said["e-mail"], said["password"], said["stand-ins"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)

    def peer(self):
        """Another visitor for each request: the program believes a proxy on this machine who it is (RFC 2544 addresses)."""
        number = next(self.peers)
        return f"198.18.{number // 250 % 250}.{number % 250 + 1}"

    def post(self, path, body):
        return requests.post(self.base + path, json=body, timeout=60)

    def fill(self):
        """Makes something of everything, in the workspace that is asked and in one that belongs to somebody else."""
        self.owner = owner = Session(self, self.email, self.password)
        permissions = owner.document["workspaces"][0]["permissions"]
        people_only = {"member.edit", "key.edit", "workspace.edit"}
        self.scopes = [one for one in permissions if one not in people_only]
        key = {"name": "tests", "scopes": self.scopes}
        made = [owner.ask("POST", "/workspaces/main/api-keys", key) for _ in range(KEYS)]
        self.keys = [one["key"] for one in made]
        self.protected = {one["id"] for one in made} | {owner.document["account"]["id"]}
        # Someone whose account may be changed, and some who may be taken out of the workspace.
        self.second = self.invited("second@demo.example", "admin")
        self.protected.add(self.second["account"]["id"])
        self.spares = [self.invited(f"spare{n}@demo.example", "viewer")["account"]["id"] for n in range(4)]
        self.owners = [owner, *(Session(self, self.email, self.password) for _ in range(SESSIONS // 2))]
        self.seconds = [Session(self, "second@demo.example", PASSWORD) for _ in range(SESSIONS)]
        self.guessing, self.leaving = [], []
        for people, name in ((self.guessing, "guessing"), (self.leaving, "leaving"), (self.leaving, "leaving-too")):
            self.invited(f"{name}@demo.example", "viewer")
            people.append(Session(self, f"{name}@demo.example", PASSWORD))
        self.of_bot(owner)
        self.of_people()
        self.of_others(owner)

    def invited(self, email, role):
        link = self.owner.ask("POST", "/workspaces/main/invitations", {"email": email, "role": role})["link"]
        answer = self.post(f"/invitations/{link.rsplit('#')[-1]}/accept", {"name": "Somebody", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def of_bot(self, owner):
        main = "/workspaces/main"
        text = owner.ask("GET", f"{main}/bots/demo-bank/draft")["text"]
        owner.ask("POST", f"{main}/bots", {"id": "mine", "name": "Mine", "template": "login"})
        draft = owner.ask("GET", f"{main}/bots/mine/draft")
        text = text.replace("bot: demo-bank", "bot: mine", 1)
        owner.ask("PUT", f"{main}/bots/mine/draft", {"text": text}, **{"If-Match": f'"{draft["revision"]}"'})
        self.bins = [f"bin-{n}" for n in range(4)]
        for name in self.bins:
            owner.ask("POST", f"{main}/bots", {"id": name, "name": "For the bin"})
        self.protected |= {"mine", "demo-bank"}
        owner.ask("PUT", f"{main}/secrets/signing", {"value": f"{CANARY}-of-a-secret"})
        owner.ask("PUT", f"{main}/constants/greeting", {"value": "Hello"})
        begun = requests.post(
            f"{self.base}{main}/bots/demo-bank/simulations",
            json={"channel": "whatsapp", "real_calls": False},
            headers={"Authorization": f"Bearer {self.keys[0]}"},
            timeout=30,
        )
        self.simulation = begun.json()["id"]

    def of_people(self):
        """Conversations with a login, as customers have them, through the stand-ins of two providers."""
        for channel, words in (("whatsapp", "balance\nalice\nwonderland\n1\n"), ("telegram", "balance\nbob\nbuilder\n2\n")):
            chat = [self.program, "chat", "--connect", self.stand_ins, "--channel", channel]
            subprocess.run(chat, input=words, text=True, capture_output=True, timeout=60, cwd=self.folder, check=True)
        main = "/workspaces/main"
        self.conversations = [one["id"] for one in self.owner.ask("GET", f"{main}/conversations")["items"]]
        assert len(self.conversations) == 2, self.conversations
        self.tokens = [one["id"] for one in self.owner.ask("GET", f"{main}/tokens")["items"]]

    def of_others(self, owner):
        owner.ask("POST", "/workspaces", {"id": "other", "name": "Other"})
        other = "/workspaces/other"
        bot = {"id": "theirs", "name": "Theirs", "template": "blank"}
        owner.ask("POST", f"{other}/bots", bot)
        owner.ask("PUT", f"{other}/secrets/theirs", {"value": f"{CANARY}-of-others"})
        owner.ask("PUT", f"{other}/constants/theirs", {"value": "theirs"})
        key = owner.ask("POST", f"{other}/api-keys", {"name": "theirs", "scopes": self.scopes})
        invited = owner.ask("POST", f"{other}/invitations", {"email": "theirs@demo.example", "role": "viewer"})
        simulation = owner.ask("POST", f"{other}/bots/theirs/simulations", {"channel": "whatsapp", "real_calls": False})
        self.theirs = {
            "bots": "theirs",
            "secrets": "theirs",
            "constants": "theirs",
            "api-keys": key["id"],
            "invitations": invited["id"],
            "simulations": simulation["id"],
        }
