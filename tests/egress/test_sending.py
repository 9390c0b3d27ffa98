"""Sending for real: a receiver on loopback sees exactly the payload, and the log holds no value."""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.consent.consents import Decision
from sojourn.consent.records import State
from sojourn.egress import webhook
from sojourn.egress.sending import Sending
from sojourn.errors import BadQuestion, NotFound
from sojourn.event import Signals
from sojourn.ingest.project import Project
from sojourn.period import from_ms
from sojourn.policy.sending import Happened, Payload, Refused
from tests.conftest import run_sojourn
from tests.egress.receiver import Receiver, receiving
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send
from tests.policy.test_sending import SHOP

ANN = {"email": "zz-ann@b.example", "plan": "zz-pro", "note": "zz-likes-tea"}
DAY_MS = 24 * 3_600_000


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@dataclass
class Shop:
    """The project with one person, whose recipients are all at one receiver."""

    sojourn: Sojourn
    project: Project
    clock: Clock
    person: int
    receiver: Receiver

    def send(self, recipient: str, purpose: str, person: int = 0) -> Any:
        return self.sojourn.send(
            self.project, recipient, purpose, person or self.person, "prospect"
        )

    def payload(self, recipient: str, purpose: str) -> Payload | Refused:
        sending = Sending(recipient, purpose, self.person, "prospect")
        return self.sojourn.egress(self.project).payload(sending, actor="test")

    def person_of(self, user: str) -> int:
        with self.sojourn.engine.begin() as connection:
            return self.sojourn.directory(self.project).search(connection, user)[0]


@pytest.fixture
def shop(tmp_path: Path, receiver: Receiver) -> Iterator[Shop]:
    clock = Clock(NOON_MS + 60 * DAY_MS)
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        sojourn.governance(project).publish(policy(receiver.url), actor="test")
        told = profile("u7", ts=60 * DAY_MS, **ANN)
        send(sojourn, project, [told, event("Ordered", 60 * DAY_MS, user="u7", plan="zz-pro")])
        made = Shop(sojourn, project, clock, 0, receiver)
        made.person = made.person_of("u7")
        yield made


def policy(url: str) -> str:
    """The policy of the pure tests, with a webhook for each of its recipients."""
    return SHOP.replace("    country: ", f"    webhook: {url}\n    country: ")


@pytest.mark.clause("S1-04", "S1-23")
def test_receiver_sees_exactly_the_payload_and_can_check_who_sent_it(shop: Shop) -> None:
    preview = shop.payload("counter", "analytics")
    transfer = shop.send("counter", "analytics")
    assert (transfer.status, transfer.detail) == ("sent", "It answered 200.")
    assert transfer.fields == ("plan", "note")
    (got,) = shop.receiver.requests
    assert got.body == msgspec.json.encode(preview)
    assert len(got.body) == transfer.bytes
    assert json.loads(got.body) == {
        "recipient": "counter",
        "purpose": "analytics",
        "fields": {"plan": "zz-pro", "note": "zz-likes-tea"},
        "pseudonym": preview.pseudonym if isinstance(preview, Payload) else "",
    }
    assert got.headers["sojourn-transfer"] == transfer.id
    key = shop.sojourn.egress(shop.project).signing_key("counter")
    at, signed = (part.split("=")[1] for part in got.headers["sojourn-signature"].split(","))
    assert int(at) == shop.clock.now_ms // 1000
    expected = hmac.new(key, f"{at}.".encode() + got.body, "sha256").hexdigest()
    assert hmac.compare_digest(signed, expected)


@pytest.mark.clause("S2-10")
def test_pseudonyms_differ_by_recipient_stay_and_end_with_the_key(shop: Shop) -> None:
    def name(recipient: str, purpose: str) -> str:
        built = shop.payload(recipient, purpose)
        assert isinstance(built, Payload)
        return built.pseudonym

    first = name("counter", "analytics")
    assert len(first) == 32
    assert name("counter", "analytics") == first
    assert name("shield", "service") not in ("", first)
    egress = shop.sojourn.egress(shop.project)
    key = egress.signing_key("counter")
    assert egress.unlink("counter", actor="test")
    assert not egress.unlink("counter", actor="test")
    assert name("counter", "analytics") != first
    assert egress.signing_key("counter") != key


@pytest.mark.clause("S1-04")
def test_log_holds_no_value_of_the_person(shop: Shop) -> None:
    for recipient, purpose in (
        ("crm", "service"),
        ("counter", "analytics"),
        ("mailer", "mail"),
    ):
        shop.send(recipient, purpose)
    shop.receiver.status = 500
    shop.send("crm", "service")
    log = shop.sojourn.egress(shop.project).transfers(10)
    assert sorted((one.recipient, one.status) for one in log) == [
        ("counter", "sent"),
        ("crm", "failed"),
        ("crm", "sent"),
        ("mailer", "refused"),  # nobody agreed to mail
    ]
    assert b"zz-ann@b.example" in shop.receiver.requests[0].body
    data = shop.sojourn.settings.data
    with sqlite3.connect(data / "control.db") as control:
        written = "\n".join(control.iterdump())
    assert "transfers" in written
    assert not any(value in written for value in ANN.values())
    raw = b"".join(one.read_bytes() for one in data.rglob("*") if one.is_file())
    assert ANN["email"].encode() not in raw


@pytest.mark.clause("S1-03")
def test_expired_transfer_refuses_by_the_day(shop: Shop) -> None:
    assert shop.send("counter", "analytics").status == "sent"
    shop.clock.now_ms = NOON_MS + 397 * DAY_MS
    refused = shop.send("counter", "analytics")
    assert (refused.status, refused.fields, refused.bytes) == ("refused", (), 0)
    assert "S1-03" in refused.detail
    assert len(shop.receiver.requests) == 1


@pytest.mark.clause("S1-32", "S1-33")
def test_what_the_person_lets_be_done_is_what_their_newest_event_was_lawful_for(
    shop: Shop,
) -> None:
    def order(days: int, **signals: Any) -> None:
        shop.clock.now_ms = max(shop.clock.now_ms, NOON_MS + days * DAY_MS)
        given = event("Ordered", days * DAY_MS, user="u7", message_id=str(days))
        send(
            shop.sojourn,
            shop.project,
            [msgspec.structs.replace(given, signals=Signals(**signals))],
        )

    order(61, consent={"analytics": False})
    assert shop.send("counter", "analytics").status == "refused"
    assert shop.send("crm", "service").status == "sent"  # a contract is not stopped
    order(59, consent={"analytics": True})  # what is older does not count
    assert shop.send("counter", "analytics").status == "refused"
    order(62, consent={"analytics": True})
    assert shop.send("counter", "analytics").status == "sent"


@pytest.mark.clause("S2-18")
def test_consent_given_lets_mail_leave(shop: Shop) -> None:
    assert shop.send("mailer", "mail").status == "refused"
    told = profile("u7", ts=61 * DAY_MS, language="fr")
    agreed = msgspec.structs.replace(
        told, signals=Signals(country="FR", consent={"mail": True}, age=40)
    )
    send(shop.sojourn, shop.project, [agreed])
    assert shop.send("mailer", "mail").status == "sent"


@pytest.mark.clause("S1-32", "S1-33", "S2-18")
def test_recorded_decision_holds_until_the_next(shop: Shop) -> None:
    def decide(purpose: str, state: State) -> None:
        shop.clock.now_ms += 60_000
        decision = Decision(identifiers={"user_id": "u7"}, purposes={purpose: state}, how="by mail")
        shop.sojourn.governance(shop.project).record(decision)

    decide("mail", "given")
    assert shop.send("mailer", "mail").status == "sent"
    decide("mail", "withdrawn")
    assert shop.send("mailer", "mail").status == "refused"
    decide("mail", "given")
    shop.clock.now_ms += 200 * DAY_MS  # the policy renews consent after six months
    assert shop.send("mailer", "mail").status == "refused"
    decide("analytics", "objected")
    assert shop.send("counter", "analytics").status == "refused"
    assert shop.send("crm", "service").status == "sent"


def test_later_event_that_says_no_goes_before_a_recorded_yes(shop: Shop) -> None:
    given = Decision(identifiers={"user_id": "u7"}, purposes={"mail": "given"}, how="by mail")
    shop.sojourn.governance(shop.project).record(given)
    shop.clock.now_ms += DAY_MS
    told = profile("u7", ts=61 * DAY_MS, language="fr")
    no = msgspec.structs.replace(told, signals=Signals(consent={"mail": False}))
    send(shop.sojourn, shop.project, [no])
    assert shop.send("mailer", "mail").status == "refused"


@pytest.mark.clause("S1-30")
def test_restricted_person_is_not_sent(shop: Shop) -> None:
    shop.sojourn.governance(shop.project).restrict(shop.person, actor="test")
    assert shop.send("crm", "service").status == "refused"
    assert not shop.receiver.requests
    shop.sojourn.governance(shop.project).restrict(shop.person, actor="test", lift=True)
    assert shop.send("crm", "service").status == "sent"


def test_event_is_sent_with_its_name_and_time(shop: Shop) -> None:
    noon = from_ms(NOON_MS, shop.project.zone)
    ordered = Happened("Ordered", noon, {"plan": "basic"}, shop.project.rules.bits["analytics"])
    sending = Sending("counter", "analytics", shop.person)
    assert shop.sojourn.egress(shop.project).send(sending, ordered).status == "sent"
    got = json.loads(shop.receiver.requests[0].body)
    assert (got["event"], got["ts"], got["fields"]) == (
        "Ordered",
        "2026-01-01T12:00:00Z",
        {"plan": "basic"},
    )


def test_words_that_the_policy_does_not_know_are_refused_and_not_logged(shop: Shop) -> None:
    for recipient, purpose in (("a@b.example", "mail"), ("mailer", "a@b.example")):
        with pytest.raises(BadQuestion):
            shop.send(recipient, purpose)
    with pytest.raises(NotFound):
        shop.send("crm", "service", person=99)
    assert shop.sojourn.egress(shop.project).transfers(10) == []


def test_redirect_is_not_followed_and_a_receiver_that_is_away_is_told(shop: Shop) -> None:
    shop.receiver.status = 307
    failed = shop.send("counter", "analytics")
    assert (failed.status, len(shop.receiver.requests)) == ("failed", 1)
    assert "redirects" in failed.detail
    shop.receiver.stop()
    failed = shop.send("counter", "analytics")
    assert (failed.status, failed.detail) == (
        "failed",
        "There was no connection, so nothing was sent.",
    )


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x", True),
        ("http://127.0.0.1:80/x", True),
        ("http://[::1]/x", True),
        ("http://localhost/x", True),
        ("http://a.example/x", False),
        ("http://127.0.0.1.a.example/", False),
        ("ftp://127.0.0.1/", False),
        ("https://", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_addresses_that_nobody_can_listen_in_on(url: str, safe: bool) -> None:
    assert webhook.is_safe(url) == safe
    if not safe:
        receipt = webhook.post(url, b"{}", key=b"k", transfer="t", now_ms=0)
        assert receipt.status == "failed"


def test_over_http_and_on_the_command_line(shop: Shop) -> None:
    with TestClient(application(shop.sojourn), base_url="http://sojourn.test:8000") as client:
        token = shop.sojourn.login_link().rsplit("/", 1)[-1]
        client.get(f"/login/{token}", follow_redirects=False)
        address = "/api/v1/projects/shop/privacy/transfers"
        wish = {"recipient": "counter", "purpose": "analytics", "person": shop.person}
        made = [client.post(address, json=wish).json() for _ in range(3)]
        assert [one["status"] for one in made] == ["sent"] * 3
        first = client.get(address, params={"limit": 2}).json()
        rest = client.get(address, params={"limit": 2, "before": first["before"]}).json()
        seen = first["transfers"] + rest["transfers"]
        assert {one["id"] for one in seen} == {one["id"] for one in made}
        assert rest["before"] is None
        assert client.get(address, params={"before": "none"}).status_code == 404
        assert client.post(address, json=wish | {"recipient": "x"}).status_code == 422
    printed = run_sojourn(
        *("policy", "payload", "--project", "shop", "--recipient", "shield"),
        *("--person", str(shop.person), "--purpose", "service"),
        data=shop.sojourn.settings.data,
    )
    assert json.loads(printed)["fields"] == {"plan": "zz-pro", "note": "zz-likes-tea"}
    assert len(shop.receiver.requests) == 3
