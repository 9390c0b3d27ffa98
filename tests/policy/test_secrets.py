"""Secrets: what is one and what only looks so; and the first, quick look at a value misses nothing
that the second would find."""

from __future__ import annotations

import base64
import string
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.application import Sojourn
from sojourn.event import Event, Identifier
from sojourn.policy import gate, secrets
from sojourn.policy.looks import BROKEN, EMAIL, PHONE, SECRET, Looks, look, looks_at
from sojourn.settings import Settings

CARD = "4242 4242 4242 4242"
DIGITS = CARD.replace(" ", "")
WIDE = DIGITS.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF"


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CARDS = (
    *(CARD.replace(" ", sep) for sep in ("\xa0", "\u2009", "\u2011", "  ", "/", "_", "+", "%20")),
    *(sep.join(DIGITS) for sep in (" ", "-", "\u200b")),
    "42424 24242 42424 2",
    "3782 822463 10005",
    "37828 22463 10005",
    WIDE,
    f"card{DIGITS}",
    f"{DIGITS}exp",
    f"{DIGITS}.00",
    f"2026 {CARD}",
    f"{CARD} 123",
    f"{CARD} 12/26",
    in_base64(f'{{"nom":"Zoé","card":"{DIGITS}"}}'),
    in_base64(in_base64(f'{{"nom":"Zoé","card":"{DIGITS}"}}')),
    f"https://shop.test/pay/{in_base64(DIGITS)}",
)
NAMED = (
    "?user%5Bpassword%5D=hunter2",
    "user[password]=hunter2",
    "mot_de_passe=hunter2",
    "passwort: hunter2",
    "?pw=hunter2",
    "pass=hunter2",
    '{"user_password": 12345678}',
    '{"passwords":["hunter2"]}',
    r'"{\"password\": \"hunter2\"}"',
    '[{"cvc": 123}]',
    "https://shop.test/reset?token=abc123",
    "/next?to=%2Freset%3Ftoken%3Dabc123",
    "/a?sessionid=38afes7a8",
    "https://user:pass@host/",
    "https%3A%2F%2Fuser%3Apass%40host%2F",
    "Basic dXNlcjpwYXNz",
    "authorization: basic dXNlcjpwYXNzd29yZA==",
    "authorization: bearer abcdef0123456789abcdef",
    "sk-proj-abcdefghij0123456789",
    "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
    in_base64(TOKEN),
)
SECRETS = (
    *CARDS,
    *NAMED,
    CARD,
    CARD.replace(" ", "-"),
    CARD.replace(" ", ""),
    "see 5555555555554444, thanks",
    in_base64(DIGITS),
    base64.urlsafe_b64encode(b'{"password": "open sesame"}').decode(),
    "https://shop.test/?access_token=abcdefgh",
    '{"password": "open sesame"}',
    "pwd=abcdef",
    TOKEN,
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


@pytest.mark.parametrize("secret", CARDS)
def test_a_card_number_is_one_however_it_is_written(secret: str) -> None:
    assert secrets.found_in(secret) == "card_number"


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
HEX = "0123456789abcdef"


def of(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=alphabet, min_size=size, max_size=size)


NO_SECRETS = st.one_of(
    st.builds("{}.{:02} EUR".format, st.integers(0, 10**9), st.integers(0, 99)),
    st.integers(10**12, 2 * 10**12 - 1).map(str),
    st.integers(10**15, 2 * 10**15 - 1).map(str),
    st.uuids().map(str),
    *(of(HEX, size) for size in (24, 40, 64)),
    st.builds("{}.{}.{}".format, *(st.integers(0, 9999),) * 3),
    st.builds("+49 {} {}".format, st.integers(30, 9999), st.integers(10**4, 10**7)),
    st.builds("+33 {} {:02} {:02} {:02} {:02}".format, *(st.integers(1, 9),) * 5),
    st.builds("ORD-2026-{:06}".format, st.integers(0, 999_999)),
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    st.builds("{},{}".format, st.floats(-90, 90), st.floats(-180, 180)),
    of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 25).map("0".__add__),
    st.ip_addresses().map(str),
    st.builds("{}.{}".format, *(st.integers(10**9, 2 * 10**9),) * 2),
    st.builds("{}_{}".format, st.sampled_from(("cus", "pi", "ch")), of(LETTERS, 14)),
    st.sampled_from(
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0.6099.4111 Safari/537.36",
            "GA1.2.1234567890.1234567890",
            "GS1.1.1700000000.1.1.1700000000.60.0.0",
            "https://shop.test/?session_id=cs_test_a1b2&max_tokens=4096",
            "https://user@host/",
            "https://host:8080/@ann",
            "Basic subscription, with all the basic features: free",
            "the bearer responsibilities",
            "/sk-bratislava-stare-mesto-vyhlad",
            '{"password": true, "token": null, "has_password": false}',
            "shopping=abcd&compass=north&passenger: four people",
            "https://shop.test/?pin=red&author=smith&token_count=1234",
            f"deadbeef{DIGITS}",
            f"{DIGITS}abcdef",
            f"1.{DIGITS}",
            "4 5 3 4 5 5 2 1",
        )
    ),
)


@settings(max_examples=1500)
@given(st.lists(NO_SECRETS, max_size=5))
def test_what_only_looks_like_a_secret_is_left(texts: list[str]) -> None:
    assert [text for text in texts if secrets.found_in(text) is not None] == []
    assert list(secrets.found_among(texts)) == []


NAMES = """
    password user_password userPassword new_password currentPassword password_confirmation password2
    passwords pass user_pass pw pin mot_de_passe Mot-de-passe passwort user[password] password_hash
    client_secret clientSecret api_key x-api-key authorization headers.Authorization user_token
    csrf_token accessToken auth cvc card.cvc cvv2 credit_card_number
"""
OTHER_NAMES = """
    token_count token_type tokens passenger password_changed_at password_strength author pins
    map_pin keyboard keywords auth_method boarding_pass compass payment_token_id cvc_check
    session_id sessionId secretary authority passport card_brand
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_tells_of_a_secret(name: str) -> None:
    assert secrets.named_like(name) is not None
    assert secrets.secret_of(name, "hunter2") is not None
    assert secrets.secret_of(name, True) is None


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_a_name_only_looks_as_if_it_told_of_a_secret(name: str) -> None:
    assert secrets.named_like(name) is None
    assert secrets.secret_of(name, 12345678.0) is None


@pytest.mark.parametrize(
    ("name", "value", "is_secret"),
    [
        ("cvc", 123.0, True),
        ("password", 12345678.0, True),
        ("pin", 1234, True),
        ("csrf_token", 12345678.0, True),
        ("cost_per_token", 0.00002, False),
        ("password", 1.0, False),
        ("passwords", 3.0, False),
        ("has_password", "true", False),
    ],
)
def test_a_number_under_such_a_name(name: str, value: Any, is_secret: bool) -> None:
    assert (secrets.secret_of(name, value) is not None) == is_secret


@pytest.mark.parametrize("name", [DIGITS, f"cards.{CARD}.valid", f"card{DIGITS}", TOKEN])
def test_a_property_whose_name_holds_a_secret_is_taken_out(name: str) -> None:
    event = Event(name="Seen", ts=0, message_id="1", properties={name: True, "size": 3.0})
    withheld = Counter[str]()
    kept = gate.without_secrets(event, withheld)
    assert isinstance(kept, Event)
    assert kept.properties == {"size": 3.0}
    assert withheld == {"secret": 1}


def test_digits_alone_are_an_id_and_no_secret() -> None:
    assert secrets.found_in_identifier(DIGITS) is None
    assert secrets.found_in_identifier(CARD) == "card_number"


HOSTILE = (
    *("4", "4 ", "4111 ", "41111 ", "4111-", "4111111111111111a", "1 ", "\xa0", "４", "d4"),
    *("eyJ", ".eyJaaaaaaaa", "SG.", "ghp_", "hf_", "sk-proj-", "bearer ", "Basic ", "Ab/", "QWxh"),
    *(
        "pass",
        "pass=",
        "password ",
        'token"',
        "a_",
        "_",
        "key=",
        "%25",
        "%",
        "://",
        "://:",
        "\ud800",
    ),
    *("password2_", '["password":', "pass\\", "passe\t", "Aa0_", "://a:b", "1_"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long_to_look_at(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    for end in ("", "=", "@:", " Aa:"):
        secrets.found_in(text + end)
    secrets.named_like(text)
    # It takes a tenth of that, and an expression that explodes would take minutes.
    assert time.process_time() - began < 5


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


@given(st.text(string.ascii_letters + string.digits + " _./-", max_size=secrets.SHORT - 1))
def test_in_short_and_simple_texts_there_is_nothing_to_be_found(text: str) -> None:
    assert look(text) == 0
