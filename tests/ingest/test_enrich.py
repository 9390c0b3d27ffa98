"""What is found of an event from how it came, and what is left out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sojourn.collection import Collection, check
from sojourn.drop_reason import Dropped
from sojourn.errors import BadQuestion
from sojourn.event import Event, Signals
from sojourn.ingest import pipeline
from sojourn.ingest.agents import client_of
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.exclusions import exclusions_of
from sojourn.ingest.traffic import traffic_of, ways
from sojourn.policy import versions
from tests.opened import NOON_MS, event, profile
from tests.ruled import country_of, rules

MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PARIS = Signals(ip="1.2.3.4", agent=MAC)
INTERNAL = versions.preset("internal-tool")


def run(given: Event, text: str = versions.preset(versions.PRESET), **chosen: Any) -> Any:
    """The event as it is kept or why it is not, and what was withheld."""
    exclusions = exclusions_of(Collection(**chosen))
    arrival = Arrival(NOON_MS, rules(text), country_of=country_of, exclusions=exclusions)
    outcome = pipeline.run([given], arrival)
    assert sum(arrival.corrected.values()) <= 1
    return (*outcome.kept, *outcome.dropped.values())[0], dict(outcome.withheld)


def came(signals: Signals = PARIS, user: str = "u", **properties: Any) -> Event:
    return msgspec.structs.replace(event("look", user=user, **properties), signals=signals)


# Agents


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (MAC, ("Chrome", "Mac OS X", "desktop")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
         ("Mobile Safari", "iOS", "mobile")),
        ("Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/142.0.0.0 Safari/537.36", ("Chrome", "Android", "tablet")),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/142.0.0.0 Mobile Safari/537.36",
         ("Chrome Mobile", "Android", "mobile")),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Version/7.0 TV Safari/537.36", ("Safari", "Tizen", "tv")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
         ("Firefox", "Linux", "desktop")),
        ("", ("", "", "")),
        ("Quokka/7", ("", "", "")),
        ("x" * 100_000, ("", "", "")),
    ],
)  # fmt: skip
def test_what_an_agent_says(agent: str, client: tuple[str, str, str]) -> None:
    named = zip(("browser", "os", "device"), client, strict=True)
    assert client_of(agent) == ({name: value for name, value in named if value}, False)


@pytest.mark.parametrize(
    "agent",
    [
        CRAWLER,
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36 Chrome-Lighthouse",
        "facebookexternalhit/1.1",
    ],
)
def test_a_machine_is_known_by_its_agent(agent: str) -> None:
    assert client_of(agent).is_bot


# Traffic


@pytest.mark.parametrize(
    ("url", "referrer", "kind"),
    [
        ("https://shop.example/", "", "direct"),
        ("https://shop.example/cart", "https://www.shop.example/", "internal"),
        ("https://shop.example/", "https://blog.shop.example/x", "internal"),
        ("https://shop.example/", "https://www.google.co.uk/", "search"),
        ("https://shop.example/", "https://google.evil.example/", "backlink"),
        ("https://shop.example/", "https://notgoogle.com/", "backlink"),
        ("https://shop.example/", "https://duckduckgo.com/", "search"),
        ("https://shop.example/", "https://mail.google.com/", "email"),
        ("https://shop.example/", "android-app://com.google.android.gm/", "email"),
        ("https://shop.example/", "https://l.facebook.com/l.php", "social"),
        ("https://shop.example/", "https://t.co/x", "social"),
        ("https://shop.example/", "https://news.example/", "backlink"),
        ("https://shop.example/?gclid=1", "https://www.google.com/", "paid"),
        ("https://shop.example/?utm_medium=CPC", "https://news.example/", "paid"),
        ("https://shop.example/?utm_medium=email", "", "email"),
        ("https://shop.example/?utm_medium=social", "https://news.example/", "social"),
        ("https://shop.example/?utm_medium=poster", "", "direct"),
        ("", "https://news.example/", "backlink"),
        ("https://[", "https://[", "direct"),
        ("/cart", "https://shop.example/", "backlink"),
    ],
)
def test_how_somebody_came(url: str, referrer: str, kind: str) -> None:
    assert traffic_of(url, referrer)["referrer_type"] == kind


def test_a_campaign_is_told_by_the_address() -> None:
    url = "https://shop.example/?utm_source=june&utm_campaign=Summer+Sale&utm_term="
    found = {"campaign.source": "june", "campaign.name": "Summer Sale", "referrer_type": "direct"}
    assert traffic_of(url, "") == found


# The step


def test_what_is_found_fills_what_is_not_given() -> None:
    kept, _ = run(came(url="https://shop.example/?utm_source=june", browser="Mosaic"))
    assert kept.properties == {
        "url": "https://shop.example/?utm_source=june",
        "browser": "Mosaic",
        "os": "Mac OS X",
        "device": "desktop",
        "country": "FR",
        "referrer_type": "direct",
        "campaign.source": "june",
    }
    assert kept.signals == Signals()


def test_a_campaign_is_never_half_the_clients_and_half_the_addresss() -> None:
    told = {"url": "https://shop.example/?utm_source=june&utm_medium=cpc", "campaign.name": "Own"}
    kept, _ = run(came(Signals(), **told))
    assert kept.properties == {**told, "referrer_type": "paid"}


@pytest.mark.clause("S1-11")
def test_nothing_is_found_that_the_policy_would_not_keep() -> None:
    kept, withheld = run(came(url="https://tool.example/?q=1"), INTERNAL)
    assert kept.properties == {
        "url": "https://tool.example/",
        "browser": "Chrome",
        "os": "Mac OS X",
        "device": "desktop",
    }
    assert withheld == {}


@pytest.mark.clause("S1-11", "S1-12")
@pytest.mark.parametrize("name", list(versions.presets()))
def test_neither_address_nor_agent_is_left_of_an_event(name: str) -> None:
    kept, _ = run(came(), versions.preset(name))
    text = msgspec.json.encode(kept)
    assert b"1.2.3.4" not in text
    assert b"142.0" not in text


@pytest.mark.parametrize("odd", [{"url": 7.0}, {"referrer": True, "url": "x"}, {"url": {"a": 1}}])
def test_a_page_of_another_type_tells_nothing(odd: dict[str, Any]) -> None:
    kept, _ = run(came(Signals(), **odd))
    assert "referrer_type" not in kept.properties


def test_what_is_told_of_a_person_is_not_added_to() -> None:
    kept, _ = run(msgspec.structs.replace(profile(user="u", plan="pro"), signals=PARIS))
    assert (kept.properties, kept.traits) == ({}, {"plan": "pro"})


# What is left out


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({}, None),
        ({"excluded_addresses": ("1.2.0.0/16",)}, "excluded"),
        ({"excluded_addresses": ("1.2.3.4", "2001:db8::/32")}, "excluded"),
        ({"excluded_addresses": ("1.2.3.5",)}, None),
        ({"excluded_agents": ("macintosh",)}, "excluded"),
        ({"excluded_agents": ("Windows",)}, None),
        ({"excluded_people": ("u",)}, "excluded"),
        ({"excluded_people": ("U2",)}, None),
        ({"blocked_events": ("look",)}, "excluded"),
        ({"blocked_events": ("Look",)}, None),
    ],
)
def test_what_a_project_leaves_out(chosen: dict[str, Any], reason: str | None) -> None:
    outcome, _ = run(came(), **chosen)
    assert (outcome.reason.value if isinstance(outcome, Dropped) else None) == reason


def test_properties_that_are_left_out_are_withheld_whoever_gave_them() -> None:
    chosen = {"excluded_properties": ("country", "cart.note", "plan")}
    given = came(cart={"note": "x", "total": 3.0})
    kept, withheld = run(msgspec.structs.replace(given, traits={"plan": "pro"}), **chosen)
    assert kept.properties.keys() == {"cart.total", "browser", "os", "device"}
    assert (kept.traits, withheld) == ({}, {"excluded": 3})


def test_machines_are_left_out_unless_they_are_wanted() -> None:
    crawler = came(Signals(ip="1.2.3.4", agent=CRAWLER))
    dropped, _ = run(crawler)
    assert dropped.reason.value == "bot"
    kept, _ = run(crawler, bots=True)
    assert kept.properties["browser"] == "Googlebot"


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ({"excluded_addresses": ("10.0.0.0/8", "office")}, "excluded_addresses[1]"),
        ({"excluded_addresses": ("10.0.0.0/99",)}, "excluded_addresses[0]"),
        ({"excluded_agents": ("",)}, "excluded_agents[0]"),
        ({"excluded_people": ("a" * 501,)}, "excluded_people[0]"),
        ({"blocked_events": ("a",) * 1_001}, "blocked_events"),
        ({"redirects": ("https://shop.example",)}, "redirects[0]"),
        ({"redirects": ("shop.example/path",)}, "redirects[0]"),
    ],
)
def test_choices_that_make_no_sense_are_refused(chosen: dict[str, Any], where: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        check(Collection(**chosen))
    assert refused.value.where == where
    assert refused.value.mend


def test_choices_that_make_sense_are_taken() -> None:
    check(Collection(redirects=("shop.example",), excluded_addresses=("::1", "10.1.2.3/8")))


# Clocks


@pytest.mark.parametrize(("skew_ms", "counted"), [(9, "behind"), (-9, "ahead"), (0, "")])
def test_a_clock_that_was_put_right_is_counted(skew_ms: int, counted: str) -> None:
    arrival = Arrival(NOON_MS, rules())
    assert pipeline.run([came(Signals(skew_ms=skew_ms))], arrival).kept
    assert dict(arrival.corrected) == ({f"corrected clock_{counted}": 1} if counted else {})


@pytest.mark.parametrize("referrer", ["", "https://www.google.com/search?q=a", "ann", "//x.test/p"])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://shop.example",
        "https://shop.example/a/b?c=d",
        "https://shop.example/a?utm_source=mail&gclid=1",
        "https://www.google.com/elsewhere",
        "https:/\t/www.google.com/p",
        "https://ann@x.test:81/p/q",
        "http://[broken/p",
        "shop.example/a/b/c",
        "mailto:ann@x.test//y/z",
    ],
)
def test_whoever_comes_in_one_way_came_by_the_same_traffic(url: str, referrer: str) -> None:
    ((way, other),) = ways([url], [referrer])
    assert traffic_of(way, other) == traffic_of(url, referrer)
    assert bool(way or other) == bool(url or referrer)


def test_addresses_that_tell_nothing_are_one_way() -> None:
    pages = [f"https://shop.example/{page}?ref={page}" for page in range(9)]
    for referrer in ("", "https://news.example/today"):
        assert len({*ways(pages, [referrer] * len(pages))}) == 1
    assert {*ways([1.0, "https://shop.example"], ["", None])} == {("", "")}
