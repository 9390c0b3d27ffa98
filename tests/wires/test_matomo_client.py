"""matomo-tracker, unmodified, against a real server; then the timelines are asked."""

from __future__ import annotations

import msgspec
import pytest

from tests.conftest import Served, outside
from tests.wires.driving import AGENT, Told, run_node, tell

VISITOR = "00112233aabbccdd"
SECRET = "0123456789abcdef"


@pytest.fixture(scope="module")
def told(server: Served) -> tuple[Told, list[str]]:
    """The project that the client has told everything to, and what the client heard."""
    site = tell(server, "matomo", "matomo", name="3")
    printed = run_node("matomo.js", server.url, "3", "")
    return site, printed.splitlines()


def test_every_call_arrives_as_what_it_is(told: tuple[Told, list[str]]) -> None:
    site, _ = told
    assert site.names() == {
        "Page Viewed": 1,
        "Signed Up": 1,
        "Searched": 1,
        "Order Completed": 1,
    }
    events = site.timeline("u1")
    assert {event["event"] for event in events} == {"Page Viewed", "Signed Up"}
    assert {event["source"] for event in events} == {"matomo"}
    shown = site.shown("u1")
    assert shown["Page Viewed"]["campaign.source"] == "mail"
    assert shown["Page Viewed"]["title"] == "Pricing"
    assert shown["Signed Up"]["value"] == 12.5
    assert shown["Signed Up"]["category"] == "Account"
    order = site.shown("u2")["Order Completed"]
    assert (order["order_id"], order["revenue"]) == ("o-1", 20.0)


def test_the_visitor_becomes_the_user(told: tuple[Told, list[str]]) -> None:
    assert told[0].person(VISITOR) == told[0].person("u1")
    assert told[0].person("u1") != told[0].person("u2")


def test_the_client_hears_what_was_tracked(told: tuple[Told, list[str]]) -> None:
    """Who is nobody, and what needs a token, is refused; the rest of the body is not."""
    site, printed = told
    expected = {"status": "success", "tracked": 2, "invalid": 1, "invalid_indices": [0]}
    (answer,) = (line for line in printed if line.startswith("answer"))
    assert msgspec.json.decode(answer.removeprefix("answer ")) == expected
    site.server.refused(site.project, "no_identifier", 1)


def test_a_token_lets_the_client_tell_of_the_past_and_of_others(server: Served) -> None:
    site = tell(server, "matomo-token", "matomo", name="4", secret=SECRET)
    printed = run_node("matomo.js", server.url, "4", SECRET).splitlines()
    # The three calls without the token are refused: it is asked for with every request.
    assert sorted(printed)[1:] == ["error 401"] * 3
    assert msgspec.json.decode(sorted(printed)[0].removeprefix("answer "))["tracked"] == 3
    (page,) = site.timeline("u1")
    assert page["ts"] == "2026-02-03T04:05:06Z"
    assert not site.is_on_disk(AGENT)
    assert not site.is_on_disk("203.0.113.7")


def test_a_site_that_is_not_known_is_told(server: Served) -> None:
    answer, *errors = sorted(run_node("matomo.js", server.url, "99", "").splitlines())
    assert errors == ["error 401"] * 4
    assert "write key" in answer


def test_a_request_that_is_sent_again_is_stored_once(server: Served) -> None:
    """As by a browser whose first answer was lost: the same words, later."""
    site = tell(server, "matomo-again", "matomo", name="6")
    view = {"idsite": "6", "rec": "1", "uid": "u9", "url": "https://x.test/a", "rand": "1"}
    for rand in ("1", "1", "2"):
        assert outside.get(f"{server.url}/matomo.php", params=view | {"rand": rand}).is_success
    assert site.names() == {"Page Viewed": 2}


def test_the_older_address_and_a_trailing_slash_do_as_well(server: Served) -> None:
    site = tell(server, "matomo-paths", "matomo", name="5")
    for path in ("/piwik.php", "/matomo.php/", "/matomo.php"):
        query = {"idsite": "5", "rec": "1", "uid": "u9", "url": f"https://x.test{path}"}
        answer = outside.get(f"{server.url}{path}", params=query)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
        assert answer.headers["cache-control"] == "no-store"
    assert site.names() == {"Page Viewed": 3}
