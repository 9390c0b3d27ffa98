"""What people are asked, and what they decide: open to everybody, and to nobody under a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from sojourn.accounts import keys
from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.event import Event, Identifier, Kind
from sojourn.policy.choices import choices
from sojourn.policy.compile import compile as compile_policy
from sojourn.settings import Settings
from tests.policy.checking import GOOD, TODAY

NOW_MS = 1_790_000_000_000
WHO = "anonymous-1"


@pytest.fixture
def sojourn(tmp_path: Path) -> Iterator[Sojourn]:
    """A folder with a project `shop`, under the good policy, and one with a draft."""
    with Sojourn(Settings(data=tmp_path), clock_ms=lambda: NOW_MS) as opened:
        opened.create_project("draft")
        shop = opened.create_project("shop")
        opened.governance(shop).publish(GOOD, actor="test")
        yield opened


@pytest.fixture
def stranger(sojourn: Sojourn) -> TestClient[Any]:
    return TestClient(application(sojourn), base_url="http://sojourn.test:8000")


def offered(stranger: TestClient[Any], project: str = "shop") -> dict[str, Any]:
    told: dict[str, Any] = stranger.get(f"/p/{project}/consent.json").json()
    return told


def decide(
    stranger: TestClient[Any], purposes: dict[str, str], project: str = "shop", /, **more: object
) -> Any:
    """The answer to a decision, as a browser sends it."""
    body = {"anonymous_id": WHO, "purposes": purposes, "how": "banner", **more}
    body.setdefault("sha256", offered(stranger, project)["sha256"])
    content = msgspec.json.encode(body)
    return stranger.post(
        f"/p/{project}/consents", content=content, headers={"Content-Type": "text/plain"}
    )


def test_a_banner_learns_what_to_ask_from_the_policy(stranger: TestClient[Any]) -> None:
    answer = stranger.get("/p/shop/consent.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "private, max-age=300"
    told = answer.json()
    assert (told["project"], told["organisation"]) == ("shop", "Example SAS")
    assert (told["version"], told["country"]) == ("2026-11-01", "")
    own = {one["name"]: one for one in told["choices"]}
    # Of nobody knows where, the strictest region holds.
    assert {name: one["asks"] for name, one in own.items()} == {
        "security": False,
        "analytics": True,
        "newsletter": True,
        "openings": True,
    }
    analytics = own["analytics"]
    assert analytics["title"] == "Analytics"
    assert analytics["what"] == "to understand, in numbers, how the service is used"
    assert analytics["recipients"] == ["Entrepôt SARL"]
    assert [line.partition(":")[0] for line in analytics["categories"]] == ["Network", "Logs"]
    assert analytics["cookies"] == [
        {"name": "sojourn_id", "keep": "13 months (one year and one month)", "set_by": "us"}
    ]
    assert analytics["stopped_by"] == ["dnt"]


def test_who_is_asked_depends_on_where_they_are(sojourn: Sojourn) -> None:
    shop = sojourn.project("shop")
    policy = compile_policy(GOOD, TODAY).policy

    def asked(country: str) -> list[str]:
        found = choices(policy, shop.rules, country, TODAY, NOW_MS)
        return [one.name for one in found if one.asks]

    assert asked("FR") == asked("GB") == asked("") == ["analytics", "newsletter", "openings"]
    assert asked("US") == ["newsletter", "openings"]


def test_a_decision_is_on_record_and_judges_the_next_event(
    sojourn: Sojourn, stranger: TestClient[Any]
) -> None:
    shop = sojourn.project("shop")

    def kept() -> tuple[str, ...]:
        event = Event(
            kind=Kind.EVENT, ts=NOW_MS, identifiers=(Identifier("anonymous_id", WHO),),
            name="Page Viewed", message_id="",
        )  # fmt: skip
        outcome, _ = sojourn.accept(shop, [event])
        bits = shop.rules.bits.items()
        return tuple(name for one in outcome.kept for name, bit in bits if one.purposes & bit)

    assert kept() == ()
    answer = decide(stranger, {"analytics": "given", "newsletter": "refused"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    receipt = answer.json()
    assert receipt["schema"] == "ISO/IEC TS 27560:2023"
    assert receipt["notice"]["version"] == "2026-11-01"
    assert receipt["purposes"] == {"analytics": "given", "newsletter": "refused"}
    assert (receipt["how"], receipt["granted_by"]) == ("banner", "person")
    assert receipt["at_ms"] == NOW_MS < receipt["until_ms"]
    # Whether the id belongs to somebody who is known is not for the one who sends it.
    assert "principal" not in receipt
    assert kept() == ("analytics",)
    assert decide(stranger, {"analytics": "withdrawn"}, how="preferences").status_code == 200
    assert kept() == ()


ADS = GOOD.replace(
    "  invoices:\n    use: essential.legal",
    "  ads: {use: marketing.advertising.first_party, basis: consent, subjects: [visitor]}\n"
    "  invoices:\n    use: essential.legal",
).replace("[service, analytics, openings]\n", "[service, analytics, openings, ads]\n")


@pytest.mark.clause("S1-24")
@pytest.mark.parametrize(
    ("header", "kept_off", "said"),
    [
        ({"Sec-GPC": "1"}, {"ads"}, "Global Privacy Control"),
        ({"DNT": "1"}, {"ads", "analytics", "newsletter"}, "Do Not Track"),
        ({"Sec-GPC": "0", "DNT": "yes"}, set(), ""),
    ],
)
def test_what_the_browser_s_signal_stops_is_not_agreed_to_in_it(
    sojourn: Sojourn,
    stranger: TestClient[Any],
    header: dict[str, str],
    kept_off: set[str],
    said: str,
) -> None:
    ads = sojourn.create_project("ads")
    sojourn.governance(ads).publish(ADS, actor="test")
    stranger.headers.update(header)
    yes = dict.fromkeys(("ads", "analytics", "newsletter", "security"), "given")
    receipt = decide(stranger, yes, "ads").json()
    assert receipt["purposes"] == {name: yes[name] for name in yes if name not in kept_off}
    assert receipt["kept_off"] == dict.fromkeys(kept_off, f"kept off: your browser says {said}")
    alone = decide(stranger, {"ads": "given"}, "ads")
    if kept_off:
        assert alone.status_code == 422
        assert f"“ads” is kept off: your browser says {said}." in alone.json()["detail"]
    # To say no is another matter.
    no = decide(stranger, {"ads": "refused"}, "ads").json()
    assert (no["purposes"], no["kept_off"]) == ({"ads": "refused"}, {})

    with sojourn.engine.begin() as connection:
        key = keys.create(connection, ads.id, "write", NOW_MS)
    who = {"identifiers": {"anonymous_id": WHO}, "how": "banner", "purposes": yes}
    taken = stranger.post("/v1/consents", json=who, auth=(key, "")).json()
    assert set(taken["kept_off"]) == kept_off
    event = Event(
        ts=NOW_MS, identifiers=(Identifier("anonymous_id", WHO),), name="Page Viewed",
        message_id="",
    )  # fmt: skip
    will = sojourn.governance(ads).will([event])(event)
    assert {name for name, agreed in will.items() if agreed} == set(yes) - kept_off


@pytest.mark.parametrize(
    ("purposes", "more", "status"),
    [
        ({"analytics": "given"}, {"anonymous_id": "short"}, 400),
        ({"analytics": "given"}, {"anonymous_id": "x" * 201}, 400),
        ({"analytics": "given"}, {"how": "by mail"}, 400),
        ({"analytics": "given"}, {"user_id": "42"}, 400),
        ({"analytics": "perhaps"}, {}, 400),
        ({}, {}, 400),
        ({"spying": "given"}, {}, 422),
        ({"service": "given"}, {}, 422),
        ({"analytics": "given"}, {"sha256": "0" * 64}, 422),
    ],
)
def test_what_is_no_decision_is_refused(
    stranger: TestClient[Any], purposes: dict[str, str], more: dict[str, object], status: int
) -> None:
    answer = decide(stranger, purposes, **more)
    assert answer.status_code == status, answer.text
    assert answer.json()["mend"]


def test_a_body_has_a_limit_and_a_browser_may_ask_first(stranger: TestClient[Any]) -> None:
    assert stranger.post("/p/shop/consents", content=b" " * 20_000).status_code == 413
    assert stranger.post("/p/shop/consents", content=b"{").status_code == 400
    asked = stranger.options("/p/shop/consents")
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")


def test_the_preference_centre_says_all_and_runs_only_its_own_script(
    stranger: TestClient[Any],
) -> None:
    answer = stranger.get("/p/shop/preferences")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, max-age=300"
    rules = answer.headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'; frame-ancestors 'none'" in rules
    assert "unsafe" not in rules
    page = answer.text
    assert re.findall(r"<script[^>]*>", page) == ['<script src="../../preferences.js" defer="">']
    assert "style=" not in page
    boxes = re.findall(r"<input[^>]*>", page)
    # Nothing is ticked before the person's own browser says that they did.
    assert len(boxes) == 4
    assert not any("checked" in box for box in boxes)
    for said in ("Refuse all", "Accept all", "Entrepôt SARL", "sojourn_id", "privacy@example.com"):
        assert said in page
    assert 'href="preferences"' in stranger.get("/p/shop/privacy").text


def test_a_draft_asks_nobody(stranger: TestClient[Any]) -> None:
    for path in ("consent.json", "preferences"):
        draft, nowhere = stranger.get(f"/p/draft/{path}"), stranger.get(f"/p/nowhere/{path}")
        assert (draft.status_code, nowhere.status_code) == (404, 404)
        assert draft.json() == nowhere.json()
    assert stranger.post("/p/draft/consents", content=b"{}").status_code == 404
