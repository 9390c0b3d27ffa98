"""Webhooks of other tools: what a mapping finds in a body, and how each kind of sender signs."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from sojourn.accounts.keys import hint_of
from sojourn.collection import EVERYTHING, Webhook, check, check_webhook
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, BadQuestion
from sojourn.event import Event, Identifier
from sojourn.signing import AGE_S_MAX, Scheme, is_signed_by, signature
from sojourn.wire import BATCH_MAX, Request
from sojourn.wires.webhook import WIRE, at
from tests.conftest import Served, outside, run_sojourn, soon
from tests.wires.driving import Told, anything, json_with, tell

NOW_MS = 1_790_000_000_000
NOW_S = NOW_MS // 1000
STRIPE = Webhook(
    event="/type",
    user="/data/object/customer",
    email="/data/object/email",
    time="/created",
    id="/id",
    properties={
        "amount": "/data/object/amount",
        "plan": "/data/object/lines/0/plan",
        "via": "card",
    },
)
PAID = {
    "id": "evt_1",
    "type": "invoice.paid",
    "created": NOW_S - 60,
    "data": {"object": {"customer": "u1", "email": "Ann@x.test", "amount": 5,
                        "lines": [{"plan": "pro"}], "card": "4111"}},
}  # fmt: skip


def events(webhook: Webhook, body: Any) -> list[Event | Dropped]:
    asked = Request("POST", "/v1/webhook/wk_1", {}, {}, b"", NOW_MS, webhook=webhook)
    return WIRE.events(asked, body)


def one(webhook: Webhook, body: Any) -> Event:
    (event,) = events(webhook, body)
    assert isinstance(event, Event), event
    return event


def refused(webhook: Webhook, body: Any) -> DropReason:
    (event,) = events(webhook, body)
    assert isinstance(event, Dropped), event
    return event.reason


# What a mapping finds


def test_a_body_becomes_the_event_that_the_mapping_says() -> None:
    event = one(STRIPE, PAID)
    assert (event.name, event.ts, event.message_id) == ("invoice.paid", NOW_MS - 60_000, "evt_1")
    assert event.identifiers == (Identifier("user_id", "u1"), Identifier("email", "ann@x.test"))
    assert event.properties == {"amount": 5, "plan": "pro", "via": "card"}


def test_what_an_element_does_not_have_is_looked_for_in_the_whole_body() -> None:
    webhook = Webhook(event="Item Bought", user="/buyer", each="/items", properties="/about")
    body = {
        "buyer": "u1",
        "items": [{"about": {"sku": "a"}}, {"buyer": "u2", "about": {"sku": "b"}}],
    }
    first, second = events(webhook, body)
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert (first.name, first.properties, first.ts) == ("Item Bought", {"sku": "a"}, NOW_MS)
    found = [event.identifiers[0].value for event in (first, second)]
    assert (found, first.message_id) == (["u1", "u2"], "")


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/a/b", 1),
        ("/a~1b", 2),
        ("/m~0n", 3),
        ("/list/1", 5),
        ("/list/2", None),
        ("/list/-1", None),
        ("/list/x", None),
        ("/a/b/c", None),
        ("/" + "9" * 5000, None),
        ("/list/" + "9" * 5000, None),
        ("/", 6),
    ],
)
def test_pointers_are_those_of_rfc_6901(pointer: str, found: object) -> None:
    assert at({"a": {"b": 1}, "a/b": 2, "m~n": 3, "list": [4, 5], "": 6}, pointer) == found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": None}, DropReason.NO_EVENT_NAME),
        ({"type": 7}, DropReason.NO_EVENT_NAME),
        ({"created": "yesterday"}, DropReason.BAD_TIMESTAMP),
        ({"data": {}}, DropReason.NO_IDENTIFIER),
        ({"data": {"object": {"customer": "null"}}}, DropReason.NO_IDENTIFIER),
    ],
)
def test_a_body_that_the_mapping_does_not_fit_is_refused(
    change: dict[str, object], reason: DropReason
) -> None:
    assert refused(STRIPE, PAID | change) is reason


@pytest.mark.parametrize("body", [{}, {"items": 7}, {"items": [0] * (BATCH_MAX + 1)}])
def test_a_body_without_its_list_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(BadBody):
        events(Webhook(event="x", user="/u", each="/items"), body)


def test_a_key_without_a_mapping_says_so() -> None:
    with pytest.raises(BadBody, match="Nothing says what these bodies mean"):
        WIRE.events(Request("POST", "/v1/webhook/wk_1", {}, {}, b"", NOW_MS), PAID)


@given(body=anything | json_with("type", "created", "data", "id"))
def test_no_body_is_more_than_a_mapping_can_take(body: Any) -> None:
    for properties in ("/data", {"x": "/data/0"}):
        webhook = msgspec.structs.replace(STRIPE, properties=properties)
        for event in events(webhook, body):
            assert isinstance(event, Event | Dropped)


@pytest.mark.parametrize(
    ("webhook", "where"),
    [
        (Webhook(event="", user="/u"), "webhooks.wk_1.event"),
        (Webhook(event="/type"), "webhooks.wk_1.user"),
        (Webhook(event="/type", user="customer"), "webhooks.wk_1.user"),
        (Webhook(event="/type", user="/u", each="items"), "webhooks.wk_1.each"),
    ],
)
def test_a_mapping_that_finds_nothing_is_refused(webhook: Webhook, where: str) -> None:
    with pytest.raises(BadQuestion) as failure:
        check(msgspec.structs.replace(EVERYTHING, webhooks={"wk_1": webhook}))
    assert (failure.value.where, bool(failure.value.mend)) == (where, True)
    check_webhook(STRIPE)


# Signatures

SECRET = "whsec_of_the_tool"
BODY = b'{"type": "invoice.paid"}'


def mac(body: bytes) -> bytes:
    return hmac.new(SECRET.encode(), body, "sha256").digest()


def stripe(body: bytes, at_s: int = NOW_S) -> str:
    signed = mac(f"{at_s}.".encode() + body).hex()
    return f"t={at_s}, v1={'0' * 64}, v1={signed}, v0=00"


SENDERS = {
    "stripe": (Scheme("Stripe-Signature", timed=True), stripe),
    "github": (
        Scheme("X-Hub-Signature-256", prefix="sha256="),
        lambda body, at_s=NOW_S: f"sha256={mac(body).hex()}",
    ),
    "shopify": (
        Scheme("X-Shopify-Hmac-Sha256", encoding="base64"),
        lambda body, at_s=NOW_S: b64encode(mac(body)).decode(),
    ),
    "sojourn": (
        Scheme("Sojourn-Signature", timed=True),
        lambda body, at_s=NOW_S: signature(body, SECRET.encode(), at_s),
    ),
}


@pytest.mark.parametrize("name", SENDERS)
def test_each_sender_s_signature_is_known_and_no_other(name: str) -> None:
    scheme, sign = SENDERS[name]

    def is_right(header: str, body: bytes = BODY, secret: str = SECRET) -> bool:
        headers = {scheme.header.lower(): header}
        return is_signed_by(scheme, headers, body, secret.encode(), NOW_S)

    assert is_right(sign(BODY))
    assert not is_right(sign(BODY), body=BODY + b" ")
    assert not is_right(sign(BODY), secret="another")
    assert is_right(sign(BODY, NOW_S - AGE_S_MAX - 1)) is not scheme.timed
    for wrong in ("", "t=,v1=", "sha256=", "ü", f"t=9{'9' * 5000},v1=x", "t=²,v1=x"):
        assert not is_right(wrong)


# From the command line to the timeline


def hook(server: Served, name: str, scheme: Scheme) -> Told:
    """A project that takes Stripe's bodies, signed in a way."""
    project = tell(server, name, "webhook", secret=SECRET)
    webhook = msgspec.structs.replace(STRIPE, signature=scheme)
    chosen = {"webhooks": {hint_of(project.key): msgspec.to_builtins(webhook)}}
    where = f"/api/v1/projects/{name}/collection"
    assert server.client.put(where, json=chosen).status_code == 200
    return project


def test_a_key_is_made_with_its_mapping(server: Served, tmp_path: Path) -> None:
    server.make_project("webhook-made")
    mapping, secret = tmp_path / "mapping.json", tmp_path / "secret"
    scheme, sign = SENDERS["github"]
    mapping.write_bytes(msgspec.json.encode(msgspec.structs.replace(STRIPE, signature=scheme)))
    secret.write_text(f"{SECRET}\n")
    command = ("key", "create", "write", "--wire", "webhook", "--mapping", str(mapping))
    more = ("--project", "webhook-made", "--secret-file", str(secret))
    key = run_sojourn(*command, *more, data=server.data).strip()
    where = "/api/v1/projects/webhook-made/collection"
    soon(lambda: server.client.get(where).json()["webhooks"], bool)
    body = json.dumps(PAID | {"created": 1_770_091_506}).encode()
    address = f"{server.url}/v1/webhook/{key}"
    headers = {scheme.header: sign(body)}
    assert outside.post(address, content=body, headers=headers).json()["accepted"] == 1
    assert outside.post(address, content=body).status_code == 401


@pytest.mark.parametrize("name", SENDERS)
def test_a_signed_webhook_arrives_once_and_an_unsigned_one_does_not(
    server: Served, name: str
) -> None:
    scheme, sign = SENDERS[name]
    project = hook(server, f"webhook-{name}", scheme)
    address = f"{server.url}/v1/webhook/{project.key}"
    body = json.dumps(PAID | {"created": 1_770_091_506}).encode()
    now_s = int(time.time())
    headers = {scheme.header: sign(body, now_s)}
    for _ in range(2):
        assert outside.post(address, content=body, headers=headers).json()["accepted"] == 1
    for wrong in ({}, {scheme.header: sign(body + b" ", now_s)}):
        assert outside.post(address, content=body, headers=wrong).status_code == 401
    assert outside.post(address, content=body, auth=("", SECRET)).status_code == 401
    assert project.names() == {"invoice.paid": 1}
    shown = project.shown("u1")["invoice.paid"]
    assert (shown["amount"], shown["plan"]) == (5.0, "pro")
    assert project.person("ann@x.test") == project.person("u1")
    assert not project.is_on_disk(SECRET)


def test_an_unsigned_webhook_needs_its_key_alone(server: Served) -> None:
    project = tell(server, "webhook-plain", "webhook")
    address = f"{server.url}/v1/webhook/{project.key}"
    body = PAID | {"created": 1_770_091_506}
    answer = outside.post(address, json=body)
    assert (answer.status_code, "mean" in answer.json()["title"]) == (400, True)
    chosen = {
        "webhooks": {hint_of(project.key): {"event": "/type", "user": "/data/object/customer"}}
    }
    where = "/api/v1/projects/webhook-plain/collection"
    assert server.client.put(where, json=chosen).status_code == 200
    answer = outside.post(address, json={"type": "x"})
    assert answer.json()["refused"][0]["reason"] == "no_identifier"
    assert outside.post(address, json=body).json()["accepted"] == 1
    assert outside.post(f"{server.url}/v1/webhook/wk_other", json=body).status_code == 401
    assert project.names() == {"invoice.paid": 1}
