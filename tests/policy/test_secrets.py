"""Secrets: the first, quick look at a value misses nothing that the second would find."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application import Sojourn
from sojourn.event import Event, Identifier
from sojourn.policy import gate, secrets
from sojourn.policy.looks import BROKEN, EMAIL, PHONE, SECRET, Looks, look, looks_at
from sojourn.settings import Settings

CARD = "4242 4242 4242 4242"
SECRETS = (
    CARD,
    CARD.replace(" ", "-"),
    CARD.replace(" ", ""),
    "see 5555555555554444, thanks",
    base64.b64encode(CARD.replace(" ", "").encode()).decode(),
    base64.urlsafe_b64encode(b'{"password": "open sesame"}').decode(),
    "https://shop.test/?access_token=abcdefgh",
    '{"password": "open sesame"}',
    "pwd=abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF",
    "AKIAIOSFODNN7EXAMPLE",
    "sk_live_0123456789abcdefABCD",
    "sk_live_0123456789abcdefabcd",
    "Bearer ab.cd.ef.gh.ij.kl.mn",
    "xoxb-0123456789-0123456789",
    "SG.0123456789abcdef_.0123456789abcdef",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----",
)
PLAIN = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789 .-ABCabc/+_=:", max_size=60),
    st.sampled_from(("https://shop.test/products/1234?ref=mail", "How to sell", "2026-11-22")),
)
HOLDING = st.builds(
    lambda before, one, after: f"{before} {one} {after}", PLAIN, st.sampled_from(SECRETS), PLAIN
)


def test_each_of_these_is_a_secret_to_begin_with() -> None:
    assert [one for one in SECRETS if secrets.found_in(one) is None] == []


@settings(max_examples=600)
@given(st.lists(st.one_of(PLAIN, HOLDING), max_size=6))
def test_a_look_finds_a_secret_however_often_it_comes(texts: list[str]) -> None:
    looks = Looks()
    given_properties = {str(number): text for number, text in enumerate(texts)}
    for _ in range(2):
        found = looks.at(given_properties)
        for name, text in given_properties.items():
            assert bool(found.get(name, 0) & SECRET) == (secrets.found_in(text) is not None)


BESIDE = st.sampled_from(
    ("+49 30 1234567", "ann@b.example", "a\0b", "\ud800", "\udc00", "password")
)


@settings(max_examples=600)
@given(
    st.lists(st.one_of(PLAIN, HOLDING, BESIDE, st.just("=very long"), st.just(12.5)), max_size=6)
)
def test_looks_at_several_together_find_what_looks_at_each_do(values: list[Any]) -> None:
    given_properties = {str(number): value for number, value in enumerate(values)}
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, float)]
    columns = [column for column in (texts, numbers) if column]
    together = Looks()
    for _ in range(2):
        found = dict(together.of(columns))
        for at, column in enumerate(columns):
            assert found.get(at, [0] * len(column)) == [look(value) for value in column]
    assert together.at(given_properties) == looks_at(given_properties)
    holding = [text for text in texts if secrets.found_in(text) is not None]
    assert list(secrets.found_among(texts)) == holding


@given(
    st.dictionaries(
        st.sampled_from(("page", "password", "note", "size")),
        st.one_of(PLAIN, HOLDING, st.sampled_from((4242424242424242.0, 12.5, True))),
        max_size=4,
    )
)
def test_the_gate_takes_out_just_what_is_a_secret(given_properties: dict[str, Any]) -> None:
    event = Event(name="Seen", ts=0, message_id="1", properties=given_properties)
    kept = gate.without_secrets(event, Counter())
    assert isinstance(kept, Event)
    looked_at = msgspec.structs.replace(event, looks=Looks().at(given_properties))
    again = gate.without_secrets(looked_at, Counter())
    assert isinstance(again, Event)
    assert again.properties == kept.properties
    assert kept.properties == {
        name: value
        for name, value in given_properties.items()
        if secrets.secret_of(name, value) is None
    }


def test_what_a_look_finds() -> None:
    looks = Looks()
    assert looks.at({"url": "https://shop.test/products/1?ref=mail", "title": "How to"}) == {}
    found = {"mail": "ask ann@x.test", "call": "+33 6 12 34 56 78", "nul": "a\0", "card": CARD}
    assert looks.at({"plan": "free", **found}) == {
        "mail": EMAIL,
        "call": PHONE,
        "nul": BROKEN,
        "card": SECRET,
    }


def test_what_is_found_in_an_address_is_looked_at_too(tmp_path: Path) -> None:
    page = f"https://shop.test/?utm_source=ann@x.test&utm_term={CARD.replace(' ', '+')}"
    event = Event(
        name="Page Viewed",
        ts=1_790_000_000_000,
        message_id="1",
        identifiers=(Identifier("user_id", "u1"),),
        properties={"url": page},
    )
    with Sojourn(Settings(data=tmp_path), clock_ms=lambda: 1_790_000_000_000) as sojourn:
        kept = sojourn.accept(sojourn.create_project("shop"), [event])[0].kept
    assert "campaign.term" not in kept[0].properties
    assert kept[0].sealed["campaign.source"] == "ann@x.test"
