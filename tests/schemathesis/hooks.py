"""Who asks, what must stay as it is while the run goes on, and the checks that schemathesis does not have."""

import itertools
import json
import re
import threading
from collections import Counter

import requests
import schemathesis
from requests.adapters import HTTPAdapter

from world import CANARY, COOKIE

PEOPLE_ONLY = re.compile(r"permission `(member|key|workspace)\.edit`|Needs a session|Needs a place")
# What ends the account that asks, and what is a guess at its password or code, after which it has to wait.
ENDS_AN_ACCOUNT = {"DELETE /account", "POST /account/email"}
GUESSES = {"POST /session/step-up", "POST /account/password", "POST /account/totp/confirm"}
NOBODY = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

world = None
document = {}
turns = itertools.count()
lock = threading.Lock()
# How often each route answered with which status.
answers = Counter()
others_asked = Counter()
# What was turned away because too much was asked: with callers enough nothing is.
limited = Counter()


def use(the_world, the_document):
    """Everything below asks this world, whose API is described so."""
    global world, document
    world, document = the_world, the_document


def visitor(self, request, **_):
    if request.url.startswith(world.origin) and "X-Forwarded-For" not in request.headers:
        request.headers["X-Forwarded-For"] = world.peer()


HTTPAdapter.add_headers = visitor


@schemathesis.auth(refresh_interval=None)
class Callers:
    """People where only people may, and else people and programs by turns."""

    def get(self, case, context):
        operation = context.operation.definition.raw
        if not operation.get("security"):
            return None
        turn = next(turns)
        with lock:
            if context.operation.path.startswith(("/account", "/session")):
                people = world.seconds
                if context.operation.label in ENDS_AN_ACCOUNT:
                    people = world.leaving
                elif context.operation.label in GUESSES:
                    people = world.guessing
                return people[turn % len(people)].headers()
            # Whoever makes a workspace is in it, and no key of another one.
            elsewhere = isinstance(case.path_parameters, dict) and case.path_parameters.get("workspace") != "main"
            if elsewhere or PEOPLE_ONLY.search(operation.get("description", "")) or turn % 10 == 0:
                return world.owners[turn % len(world.owners)].fresh().headers()
        # A simulation belongs to whoever began it.
        key = 0 if "/simulations" in context.operation.path else turn % len(world.keys)
        return {"Authorization": f"Bearer {world.keys[key]}"}

    def set(self, case, data, context):
        if data is None:
            return
        data = dict(data)
        if cookie := data.pop("Cookie", None):
            case.cookies = {**(case.cookies or {}), COOKIE: cookie.partition("=")[2]}
        case.headers = {**(case.headers or {}), **data}


@schemathesis.hook
def before_call(context, case, kwargs):
    """What the run itself lives on is neither ended nor changed. Everything else may be."""
    parameters = case.path_parameters
    if isinstance(parameters, dict) and case.method.upper() in ("DELETE", "PATCH"):
        for name in ("id", "account", "bot"):
            if parameters.get(name) in world.protected:
                case.path_parameters = {**parameters, name: NOBODY}


@schemathesis.hook
def after_call(context, case, response):
    with lock:
        answers[case.operation.label, response.status_code] += 1
        if response.status_code == 429 and case.operation.label not in GUESSES:
            limited[case.operation.label] += 1
        if response.status_code == 401 and case.operation.path.startswith(("/account", "/session")):
            renew(response.request)
        if case.method.upper() == "DELETE" and case.operation.path == "/session" and response.status_code == 204:
            renew(response.request)


def renew(request):
    """A session of the second account that was ended, or that grew old, is replaced by another one."""
    sent = request.headers.get("Cookie") or ""
    for session in world.seconds:
        if session.cookie in sent:
            session.sign_in()


@schemathesis.hook
def map_body(context, body):
    """What the description calls a secret is a canary, so that it is seen wherever it comes back."""
    # What is typed into a simulation is shown in it, and a command has to begin with its name.
    operation = context.operation
    if isinstance(body, dict) and not operation.path.endswith(("/curl", "/input")):
        described = document["paths"][operation.path][operation.method.lower()]
        mark(body, resolved(described["requestBody"]["content"]["application/json"]["schema"]))
    return body


def resolved(schema):
    """The schema behind a reference, and the one beside `null`."""
    for alternative in schema.get("oneOf", []):
        if alternative.get("type") != "null":
            return resolved(alternative)
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    return schema


def mark(body, schema):
    for name, field in schema.get("properties", {}).items():
        if resolved(field).get("format") == "password" and isinstance(body.get(name), str) and body[name]:
            body[name] = f"{CANARY}-{body[name]}"
        if name == "secrets" and isinstance(body.get(name), dict):
            body[name] = {k: f"{CANARY}-{v}" if isinstance(v, str) and v else v for k, v in body[name].items()}


# Requests that are refused though the description allows them, because no schema can say why: where in the request, and
# on which routes.
BEYOND_A_SCHEMA = [
    # Only `next` of a page gives a cursor.
    (r"GET ", "/cursor"),
    # What a link, a half of a sign-in or a token of setup is worth is known to the server alone.
    (r"GET /invitations|POST /(setup|session|invitations|account/totp/confirm)", "410"),
    # The first person is known already; somebody who is invited gives name and password or is signed in.
    (r"POST /invitations", "/name"),
    (r"POST /(setup|invitations|account/password)", "/(password|new|email)"),
    # One of several fields.
    (r"POST /session/step-up", "/password"),
    (r"POST .*/tokens/revoke", "/all"),
    # A browser gives a passkey to a name, and the tests speak to an address.
    (r"POST .*/passkeys?/(begin|finish)", "no_passkeys"),
    # The end lies in the past, or is no address; times of a range belong together.
    (r"POST .*/api-keys", "/(expires_at|ips)"),
    (r"GET .*/analytics", "/(from|to|bucket)?"),
    # What the provider of a channel needs is told by `channel-kinds`.
    (r"(POST|PATCH) .*/channels", "/(provider|settings.*|secrets.*|bot|kind)"),
    # Text of a bot has rules of its own, which the check tells.
    (r"PUT .*/components", "/(definition.*|id)"),
    (r"POST .*/(try|curl|publish|roll-back|simulations|input)$", ".*"),
]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops a refusal that no schema can tell, and keeps all others."""
    if "rejected" not in failure.title.lower() or response.status_code not in (410, 422):
        return True
    problem = response.json()
    reasons = [str(response.status_code), problem["code"], *(field["pointer"] for field in problem.get("errors", []))]
    return not any(
        re.match(route, case.operation.label) and any(re.fullmatch(where, reason) for reason in reasons)
        for route, where in BEYOND_A_SCHEMA
    )


@schemathesis.check
def no_secret_comes_back(ctx, response, case):
    secrets = [CANARY, world.password, *(key.rsplit("_", 1)[-1] for key in world.keys[:3])]
    # The text of the demo's bot names the passwords of its customers. Nothing else may.
    if re.search("conversations|contacts|tokens|simulations/|audit|leads", case.operation.path):
        secrets += ["wonderland", "builder"]
    everything = response.text + json.dumps(dict(response.headers))
    for secret in secrets:
        assert secret not in everything, f"a secret came back: {secret[:6]}…"


@schemathesis.check
def a_problem_says_what_is_wrong(ctx, response, case):
    """RFC 9457: the status in the body is the one of the answer, and the kind has the code in it."""
    if response.status_code < 400 or case.method.upper() == "HEAD" or response.request.method == "HEAD":
        return
    problem = response.json()
    assert problem["status"] == response.status_code, "the status in the body is another one"
    assert problem["type"] == f"urn:countersign:problem:{problem['code']}", "the kind has not the code in it"
    assert problem["detail"].strip() and problem["title"].strip(), "a problem without words"
    for header in ("cache-control", "x-content-type-options"):
        assert header in response.headers, f"the header {header} is missing"
    if response.status_code == 429:
        assert int(response.headers["retry-after"][0]) > 0, "429 without Retry-After"


@schemathesis.check
def other_workspaces_are_not_found(ctx, response, case):
    """What one workspace has answered is asked again in the name of another one: it must not be there for this caller."""
    path = case.operation.path
    if not (path.startswith("/workspaces/{workspace}/") and 200 <= response.status_code < 300):
        return
    if others_asked[case.operation.label] >= 3 or case.method.upper() != "GET":
        return
    others_asked[case.operation.label] += 1
    sent = response.request
    if "Authorization" not in sent.headers:
        return
    url = sent.url.replace("/workspaces/main/", "/workspaces/other/", 1)
    if url == sent.url:
        return
    headers = {name: value for name, value in sent.headers.items() if name != "X-Forwarded-For"}
    with requests.request(sent.method, url, headers=headers, timeout=30, stream=True) as again:
        assert again.status_code == 404, f"a key of another workspace got {again.status_code}"
