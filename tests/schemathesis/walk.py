"""A way through the API that gets a good answer of each route that requests made up cannot: revisions that are right,
codes of an authenticator app, links that were sent. Each answer is held against the description too."""

import base64
import hmac
import json
import struct
import time

import requests
import schemathesis

from world import CANARY, PASSWORD, Session


class Walk:
    def __init__(self, world, document):
        self.world = world
        self.schema = schemathesis.openapi.from_path(document)
        self.reached = set()
        self.failed = []

    def ask(self, who, method, path, template=None, body=None, expected=200, **headers):
        """Asks; `template` is the path as the description writes it."""
        template = template or path
        label = f"{method} {template}"
        sent = {**(who.headers() if isinstance(who, Session) else {}), **headers}
        answer = requests.request(method, self.world.base + path, json=body, headers=sent, timeout=60)
        if answer.status_code != expected:
            self.failed.append(f"{label}: {answer.status_code} and not {expected}: {answer.text[:300]}")
            return {}
        try:
            self.schema[template][method].validate_response(answer)
        except Exception as error:  # whatever is amiss is told with the route
            self.failed.append(f"{label}: {error}")
        if expected < 300:
            self.reached.add(label)
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else answer.text

    def run(self):
        for part in (self.bots, self.trials, self.channels, self.people, self.members, self.account, self.others, self.stream):
            try:
                part()
            except Exception as error:
                self.failed.append(f"{part.__name__}: {type(error).__name__}: {error}")

    def of_bot(self, method, rest="", template=None, **more):
        bot = "/workspaces/{workspace}/bots/{bot}"
        return self.ask(self.world.owner, method, f"/workspaces/main/bots/walk{rest}", bot + (template or rest), **more)

    def seen(self):
        return {"If-Match": f'"{self.of_bot("GET", "/draft")["revision"]}"'}

    def bots(self):
        owner = self.world.owner
        new = {"id": "walk", "name": "Walk", "template": "login"}
        self.ask(owner, "POST", "/workspaces/main/bots", "/workspaces/{workspace}/bots", new, 201)
        text = owner.ask("GET", "/workspaces/main/bots/demo-bank/draft")["text"].replace("bot: demo-bank", "bot: walk", 1)
        self.of_bot("PUT", "/draft", body={"text": text}, **self.seen())
        self.of_bot("PUT", "/draft", body={"text": text}, expected=409, **{"If-Match": '"999"'})
        self.of_bot("POST", "/publish", body={"note": "first"}, **self.seen())
        self.of_bot("PUT", "/draft", body={"text": text + "# more\n"}, **self.seen())
        self.of_bot("POST", "/publish", body={}, **self.seen())
        self.of_bot("GET", "/versions")
        self.of_bot("GET", "/versions/1", "/versions/{number}")
        self.of_bot("GET", "/diff?from=1&to=draft", "/diff")
        self.of_bot("POST", "/roll-back", body={"number": 1})
        for kind, one in (("authorization-tokens", "bank-login"), ("forms", "call-me")):
            path, template = f"/components/{kind}/{one}", "/components/{kind}/{id}"
            definition = self.of_bot("GET", path, template)["definition"]
            self.of_bot("PUT", path, template, body={"definition": definition}, **self.seen())

    def trials(self):
        definition = self.of_bot("GET", "/components/authorization-tokens/bank-login", "/components/{kind}/{id}")["definition"]
        tried = {"kind": "authorization_token", "definition": definition, "answers": ["alice", "wonderland"]}
        said = self.of_bot("POST", "/try", body=tried)
        if not (said.get("token") or {}).get("found") or "wonderland" in json.dumps(said):
            self.failed.append("POST /try: no token was found, or the answer was said back")
        curl = f"curl -u me:{CANARY}-of-curl http://127.0.0.1:1/x"
        self.of_bot("POST", "/curl", body={"command": curl})
        owner = self.world.owner
        begin = {"channel": "whatsapp", "real_calls": True}
        template = "/workspaces/{workspace}/simulations/{id}"
        one = self.of_bot("POST", "/simulations", body=begin, expected=201)["id"]
        for text in ("balance", "alice", "wonderland"):
            path = f"/workspaces/main/simulations/{one}/input"
            said = self.ask(owner, "POST", path, template + "/input", {"text": text})
        if "wonderland" in json.dumps(said):
            self.failed.append("POST /simulations/{id}/input: the password is shown")
        self.ask(owner, "GET", f"/workspaces/main/simulations/{one}", template)
        self.ask(owner, "DELETE", f"/workspaces/main/simulations/{one}", template, expected=204)
        self.of_bot("DELETE", "/components/forms/call-me", "/components/{kind}/{id}", **self.seen())

    def channels(self):
        owner, all_of = self.world.owner, "/workspaces/{workspace}/channels"
        new = {
            "kind": "telegram",
            "provider": "telegram",
            "name": "Walk",
            "bot": "walk",
            "settings": {},
            "secrets": {"bot_token": f"12345:{CANARY}-of-a-channel", "secret_token": f"{CANARY}-of-a-hook"},
        }
        made = self.ask(owner, "POST", "/workspaces/main/channels", all_of, new, 201)
        path, template = f"/workspaces/main/channels/{made['id']}", all_of + "/{id}"
        made = self.ask(owner, "PATCH", path, template, {"name": "Other"}, **{"If-Match": f'"{made["revision"]}"'})
        if CANARY in json.dumps(self.ask(owner, "GET", path, template)):
            self.failed.append("GET /channels/{id}: a secret came back")
        self.ask(owner, "DELETE", path, template, expected=204, **{"If-Match": f'"{made["revision"]}"'})

    def people(self):
        owner, main = self.world.owner, "/workspaces/main"
        one = f"{main}/conversations/{self.world.conversations[0]}"
        template = "/workspaces/{workspace}/conversations/{id}"
        self.ask(owner, "POST", f"{one}/take-over", f"{template}/take-over")
        self.ask(owner, "POST", f"{one}/messages", f"{template}/messages", {"text": "Good day"}, 201)
        self.ask(owner, "POST", f"{one}/hand-back", f"{template}/hand-back")
        said = self.ask(owner, "GET", f"{one}/lines", f"{template}/lines")
        if "wonderland" in json.dumps(said) or "builder" in json.dumps(said):
            self.failed.append("GET /conversations/{id}/lines: a password stands in it")
        contact = self.ask(owner, "GET", one, template)["contact"]["id"]
        whole = "/workspaces/{workspace}/contacts/{id}/export"
        said = self.ask(owner, "GET", f"{main}/contacts/{contact}/export", whole)
        if "wonderland" in json.dumps(said) or "builder" in json.dumps(said):
            self.failed.append("GET /contacts/{id}/export: a password stands in it")
        token = owner.ask("GET", f"{main}/tokens")["items"][0]["id"]
        self.ask(owner, "DELETE", f"{main}/tokens/{token}", "/workspaces/{workspace}/tokens/{id}", expected=204)
        range_of = "from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z"
        self.ask(owner, "GET", f"{main}/analytics?{range_of}", "/workspaces/{workspace}/analytics")

    def members(self):
        owner, main, all_of = self.world.owner, "/workspaces/main", "/workspaces/{workspace}"
        invite = {"email": "walk@demo.example", "role": "viewer"}
        made = self.ask(owner, "POST", f"{main}/invitations", f"{all_of}/invitations", invite, 201)
        token = made["link"].rsplit("#")[-1]
        self.ask(None, "GET", f"/invitations/{token}", "/invitations/{token}")
        person = {"name": "Walk", "password": PASSWORD}
        self.ask(None, "POST", f"/invitations/{token}/accept", "/invitations/{token}/accept", person)
        self.ask(None, "GET", f"/invitations/{token}", "/invitations/{token}", expected=410)
        invite = {"email": "nobody@demo.example", "role": "viewer"}
        made = self.ask(owner, "POST", f"{main}/invitations", f"{all_of}/invitations", invite, 201)
        path = f"{main}/invitations/{made['id']}"
        self.ask(owner, "DELETE", path, f"{all_of}/invitations/{{id}}", expected=204)
        new = {"name": "walk", "scopes": ["bot.read"], "expires_at": "2999-01-01T00:00:00Z", "ips": ["192.0.2.0/24"]}
        made = self.ask(owner, "POST", f"{main}/api-keys", f"{all_of}/api-keys", new, 201)
        self.ask(owner, "DELETE", f"{main}/api-keys/{made['id']}", f"{all_of}/api-keys/{{id}}", expected=204)
        for body, expected in (({"id": "walk", "name": "Walk"}, 201), ({"id": "walk", "name": "Walk"}, 409)):
            self.ask(owner, "POST", "/workspaces", body=body, expected=expected)

    def account(self):
        """Of the person who has just accepted an invitation: second factors, passwords and sessions."""
        sign_in = {"email": "walk@demo.example", "password": PASSWORD}
        self.ask(None, "POST", "/session", body=sign_in)
        me = Session(self.world, sign_in["email"], PASSWORD)
        offer = self.ask(me, "POST", "/account/totp")
        self.ask(me, "POST", "/account/totp/confirm", body={"code": "000000"}, expected=401)
        self.ask(me, "POST", "/account/totp/confirm", body={"code": code(offer["secret"])})
        spare = self.ask(me, "POST", "/account/recovery-codes")["recovery_codes"]
        pending = self.ask(None, "POST", "/session", body=sign_in)["pending"]
        half = {"pending": pending, "code": spare[0]}
        self.ask(None, "POST", "/session/second-factor", body=half)
        self.ask(None, "POST", "/session/second-factor", body=half, expected=410)
        self.ask(me, "DELETE", "/account/totp", expected=204)
        other = next(one for one in self.ask(me, "GET", "/account/sessions")["items"] if not one["current"])
        self.ask(me, "DELETE", f"/account/sessions/{other['id']}", "/account/sessions/{id}", expected=204)
        self.ask(me, "POST", "/session/step-up", body={"password": PASSWORD})
        me.sign_in()
        changed = {"current": PASSWORD, "new": f"{PASSWORD}-and-another"}
        self.ask(me, "POST", "/account/password", body=changed)
        me.password = changed["new"]
        me.sign_in()
        self.ask(me, "DELETE", "/session", expected=204)
        self.ask(me, "GET", "/session", expected=401)
        me.sign_in()
        me.email = "walked@demo.example"
        self.ask(me, "POST", "/account/email", body={"email": me.email})
        me.sign_in()
        self.ask(me, "DELETE", "/account", expected=204)
        self.ask(None, "POST", "/session", body={"email": me.email, "password": me.password}, expected=401)

    def others(self):
        """What belongs to another workspace is not there, by whatever way it is asked for."""
        world = self.world
        key = {"Authorization": f"Bearer {world.keys[0]}"}
        for kind, one in world.theirs.items():
            template = f"/workspaces/{{workspace}}/{kind}/{{{ {'bots': 'bot', 'secrets': 'name', 'constants': 'name'}.get(kind, 'id')}}}"
            for method in ("GET", "DELETE"):
                if method in ("GET",) and kind not in ("bots", "simulations"):
                    continue
                self.ask(world.owner, method, f"/workspaces/main/{kind}/{one}", template, expected=404)
                self.ask(None, method, f"/workspaces/other/{kind}/{one}", template, expected=404, **key)
        for rest in ("/draft", "/versions", "/components/forms"):
            template = "/workspaces/{workspace}/bots/{bot}" + rest.replace("forms", "{kind}")
            self.ask(world.owner, "GET", f"/workspaces/main/bots/theirs{rest}", template, expected=404)
        for rest in ("bots", "channels", "conversations", "tokens", "secrets", "constants", "members", "api-keys", "audit", "leads"):
            self.ask(None, "GET", f"/workspaces/other/{rest}", f"/workspaces/{{workspace}}/{rest}", expected=404, **key)
        nobody = {"Authorization": f"Bearer {world.keys[0][:-4]}aaaa"}
        self.ask(None, "GET", "/workspaces/main/bots", "/workspaces/{workspace}/bots", expected=401, **nobody)

    def stream(self):
        """Somebody who listens hears that a draft was written."""
        headers = {**self.world.owner.headers(), "Accept": "text/event-stream"}
        url = f"{self.world.base}/workspaces/main/events"
        with requests.get(url, headers=headers, stream=True, timeout=20) as heard:
            lines = heard.iter_lines(decode_unicode=True)
            first = next(lines)
            text = self.of_bot("GET", "/draft")["text"]
            self.of_bot("PUT", "/draft", body={"text": text + "# heard\n"}, **self.seen())
            for line in lines:
                if line.startswith("data:") and json.loads(line[5:]).get("bot") == "walk":
                    break
            kind = heard.headers["content-type"].split(";")[0]
            if first != ": listening" or kind != "text/event-stream":
                self.failed.append(f"GET /events: began with {first!r} as {kind}")
        self.reached.add("GET /workspaces/{workspace}/events")


def code(secret):
    """A code of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
