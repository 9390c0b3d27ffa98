"""Public pages: what strangers may read of a project, and when there is nothing for them."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any, Literal

import pytest
from litestar.testing import TestClient

from sojourn.accounts import keys
from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.settings import Settings
from tests.policy.checking import GOOD

START_MS = 1_790_000_000_000
DAY_MS = 86_400_000
PAGES = ("privacy", "recipients", "cookies", "policy", "changes")


@dataclass
class Site:
    """A server in this process with a project `shop`, whose policy is the preset's draft."""

    sojourn: Sojourn
    now: list[int]
    visit: Callable[[], TestClient[Any]]

    def member(self) -> TestClient[Any]:
        """Somebody who is logged in."""
        client = self.visit()
        token = self.sojourn.login_link().rsplit("/", 1)[-1]
        assert client.get(f"/login/{token}", follow_redirects=False).status_code == 303
        return client

    def key(self, kind: Literal["read", "write"], project: str = "shop") -> dict[str, str]:
        """The header of a program with a key."""
        with writing(self.sojourn.engine).begin() as connection:
            made = keys.create(connection, self.sojourn.project(project).id, kind, self.now[0])
        return {"Authorization": f"Bearer {made}"}

    def publish(self, text: str, begin: date | None = None, project: str = "shop") -> None:
        """Publish a policy."""
        known = self.sojourn.project(project)
        self.sojourn.governance(known).publish(text, begin=begin, actor="test")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    now = [START_MS]
    with Sojourn(Settings(data=tmp_path), clock_ms=lambda: now[0]) as sojourn:
        sojourn.create_project("shop")
        app = application(sojourn)
        yield Site(sojourn, now, lambda: TestClient(app, base_url="http://sojourn.test:8000"))


def words(page: str) -> str:
    """What a page says."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_draft_is_no_more_there_than_a_project_that_does_not_exist(site: Site) -> None:
    stranger = site.visit()
    for path in (*PAGES, "gpc.json"):
        draft, nowhere = stranger.get(f"/p/shop/{path}"), stranger.get(f"/p/nowhere/{path}")
        assert (draft.status_code, nowhere.status_code) == (404, 404)
        assert draft.json() == nowhere.json()
        assert "draft" in draft.json()["detail"]
    assert stranger.get("/.well-known/gpc.json").status_code == 404


def test_members_see_a_draft_with_a_banner_which_no_cache_keeps(site: Site) -> None:
    member = site.member()
    for path in PAGES:
        answer = member.get(f"/p/shop/{path}")
        assert answer.status_code == 200, path
        assert "This is a draft: only members see it." in words(answer.text)
        assert answer.headers["cache-control"] == "private, no-store"
    stranger = site.visit()
    assert stranger.get("/p/shop/privacy", headers=site.key("read")).status_code == 200
    site.sojourn.create_project("other")
    for headers in (site.key("write"), site.key("read", "other"), {"Authorization": "Bearer x"}):
        assert stranger.get("/p/shop/privacy", headers=headers).status_code == 404
    foreign = member.get("/p/shop/privacy", headers={"Origin": "https://evil.test"})
    assert foreign.status_code == 404


def test_a_published_policy_is_open_to_everybody(site: Site) -> None:
    site.publish(GOOD)
    stranger = site.visit()
    for path in PAGES:
        answer = stranger.get(f"/p/shop/{path}")
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert "draft" not in words(answer.text).replace("draft:", "")
        for other in PAGES:
            assert other == path or f'href="{other}"' in answer.text, (path, other)
    assert "Example SAS" in stranger.get("/p/shop/privacy").text
    # Whoever sends a key that opens nothing here still reads what everybody reads.
    stale = {"Authorization": "Bearer x"}
    assert stranger.get("/p/shop/privacy", headers=stale).status_code == 200


def test_a_page_may_apply_its_own_style_and_nothing_else(site: Site) -> None:
    site.publish(GOOD)
    answer = site.visit().get("/p/shop/privacy")
    rules = answer.headers["content-security-policy"]
    style = re.findall(r"<style>(.*?)</style>", answer.text, re.S)
    assert len(style) == 1
    digest = b64encode(sha256(style[0].encode()).digest()).decode()
    assert rules.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in rules
    assert "frame-ancestors 'none'" in rules
    assert "style=" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_link_to_a_line_leads_to_that_line(site: Site) -> None:
    site.publish(GOOD)
    stranger = site.visit()
    text = stranger.get("/p/shop/policy").text
    lines = GOOD.splitlines()
    for path in PAGES:
        for number in set(
            re.findall(r'href="policy#L(\d+)"', stranger.get(f"/p/shop/{path}").text)
        ):
            line = re.search(rf'<li id="L{number}"><a [^>]*>{number}</a>(.*?)</li>', text, re.S)
            assert line, (path, number)
            assert unescape(line[1]) == lines[int(number) - 1]


def test_the_record_is_for_members(site: Site) -> None:
    site.publish(GOOD)
    stranger, member = site.visit(), site.member()
    for ending, media in (
        ("", "text/html; charset=utf-8"),
        (".csv", "text/csv; charset=utf-8"),
        (".json", "application/json"),
        (".jsonld", "application/ld+json"),
    ):
        assert stranger.get(f"/p/shop/record{ending}").status_code == 401
        answer = member.get(f"/p/shop/record{ending}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media
        assert answer.headers["cache-control"] == "private, no-store"
    assert member.get("/p/shop/record.json").json()["organisation"]["name"] == "Example SAS"
    rows = list(csv.DictReader(io.StringIO(member.get("/p/shop/record.csv").text)))
    assert "analytics" in {row["purpose"] for row in rows}


def test_the_signal_s_file_is_that_of_the_only_public_project(site: Site) -> None:
    site.publish(GOOD)
    stranger = site.visit()
    said = {"gpc": True, "lastUpdate": "2026-11-01"}
    answer = stranger.get("/.well-known/gpc.json")
    assert answer.json() == said
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert stranger.get("/p/shop/gpc.json").json() == said
    site.sojourn.create_project("second")
    assert stranger.get("/.well-known/gpc.json").json() == said
    site.publish(GOOD, project="second")
    assert stranger.get("/.well-known/gpc.json").status_code == 404
    assert stranger.get("/p/second/gpc.json").json() == said


@pytest.mark.clause("S1-41")
def test_the_changes_page_tells_versions_with_their_dates_and_what_they_changed(
    site: Site,
) -> None:
    site.publish(GOOD)
    stranger = site.visit()
    first = words(stranger.get("/p/shop/changes").text)
    assert "Version 2026-11-01 Published 21 September 2026" in first
    assert "The first version that was public." in first
    # The preset that a project begins on was never public.
    assert first.count("Published") == 1

    later = GOOD.replace('version: "2026-11-01"', 'version: "2026-12-01"')
    later = later.replace("logs: {keep: 25 months", "logs: {keep: 30 months")
    site.publish(later, begin=date(2026, 12, 1))
    told = words(stranger.get("/p/shop/changes").text)
    assert "In force from 1 December 2026 on Note This version does not hold yet." in told
    assert "What matters to you" in told
    assert told.index("Version 2026-12-01") < told.index("Version 2026-11-01")
    assert "25 months" in words(stranger.get("/p/shop/privacy").text)

    site.now[0] += 80 * DAY_MS
    assert "30 months" in words(stranger.get("/p/shop/privacy").text)
    assert "on, and now" in words(stranger.get("/p/shop/changes").text)


@pytest.mark.clause("S1-41")
def test_a_version_that_was_dropped_while_it_waited_is_told_as_withdrawn(site: Site) -> None:
    site.publish(GOOD)
    site.publish(GOOD.replace("logs: {keep: 25 months", "logs: {keep: 30 months"),
                 begin=date(2026, 12, 1))  # fmt: skip
    site.now[0] += DAY_MS
    site.publish(GOOD.replace("keep: 13 months, party", "keep: 12 months, party"))
    site.now[0] += DAY_MS
    told = words(site.visit().get("/p/shop/changes").text)
    now, dropped, first = re.split(r"Version 2026-11-01(?: \(\d\))? Published", told)[1:]
    assert "In force never: withdrawn on 22 September 2026, before it held" in dropped
    assert "It was to hold from 1 December 2026 on." in dropped
    assert "does not hold yet" not in told
    assert "In force from 22 September 2026 on, and now" in now
    # What holds is compared with what held.
    assert "30 months" not in now
    assert "In force from 21 September 2026 until 22 September 2026" in first
    assert "withdrawn on 22 September 2026" in words(site.visit().get("/p/shop/changes.xml").text)


@pytest.mark.clause("S1-41")
def test_what_comes_in_place_of_what_waited_is_compared_with_what_holds(site: Site) -> None:
    site.publish(GOOD)
    for months in (30, 31):
        longer = GOOD.replace("logs: {keep: 25 months", f"logs: {{keep: {months} months")
        site.publish(longer, begin=date(2026, 12, 1))
        site.now[0] += DAY_MS
    told = words(site.visit().get("/p/shop/changes").text)
    assert "“logs” is kept 31 months; before 25 months." in told


def test_texts_under_one_label_are_told_apart(site: Site) -> None:
    for text in (GOOD, f"{GOOD}# Second.\n", f"{GOOD}# Third.\n"):
        site.publish(text)
        site.now[0] += DAY_MS
    page = words(site.visit().get("/p/shop/changes").text)
    feed = words(site.visit().get("/p/shop/changes.xml").text)
    for label in ("2026-11-01", "2026-11-01 (2)", "2026-11-01 (3)"):
        assert page.count(f"Version {label} Published") == 1
        assert feed.count(f"Version {label}, from") == 1


def test_hostile_addresses_are_refused(site: Site) -> None:
    stranger = site.visit()
    for path in ("/p/shop/../../etc/passwd", "/p/%00/privacy", "/p/<script>/privacy", "/p/shop/x"):
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert "<script>" not in answer.text
