"""The policy over HTTP: shown, listed, published by the owner, refused with what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from sojourn.accounts import keys
from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.policy import versions
from tests.opened import Clock, open_shop
from tests.policy.checking import GOOD, TODAY, changed

NOON_MS = 1_795_348_800_000
POLICY = "/api/v1/projects/shop/policy"
WIDE = changed("logs: {keep: 25 months", "logs: {keep: 26 months")
Client = TestClient[Any]


@pytest.fixture
def sojourn(tmp_path: Path) -> Iterator[Sojourn]:
    opened, _ = open_shop(tmp_path, Clock(NOON_MS))
    with opened:
        yield opened


@pytest.fixture
def client(sojourn: Sojourn) -> Client:
    """The owner, logged in."""
    client: Client = TestClient(application(sojourn), base_url="http://127.0.0.1:8000")
    assert client.get(sojourn.login_link(), follow_redirects=False).status_code == 303
    return client


def test_a_new_project_shows_its_preset(client: Client) -> None:
    told = client.get(POLICY).json()
    text = versions.preset(versions.PRESET)
    assert told["text"] == text
    assert told["version"] == {
        "number": 1,
        "version": "2026-11-01",
        "hash": sha256(text.encode()).hexdigest(),
        "published": "2026-11-22T12:00:00Z",
        "effective": None,
        "by": "preset customer-journey",
        "asks_again": [],
    }
    assert {one["code"][:2] for one in told["findings"]} == {"P6"}


def test_publishing_answers_with_the_version_and_its_changes(client: Client) -> None:
    told = client.put(POLICY, json={"text": GOOD}).json()
    assert told["new"]
    assert told["version"]["by"] == "owner"
    assert told["changes"]
    assert client.get(POLICY).json()["findings"] == []
    again = client.put(POLICY, json={"text": GOOD})
    assert (again.status_code, again.json()["new"], again.json()["changes"]) == (200, False, [])
    listed = client.get(f"{POLICY}/versions").json()
    assert [one["number"] for one in listed] == [1, 2]
    assert listed[1] == told["version"]


def test_what_widens_is_refused_until_its_day(client: Client) -> None:
    client.put(POLICY, json={"text": GOOD})
    earliest = TODAY + timedelta(days=30)
    refused = client.put(POLICY, json={"text": WIDE})
    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert refused.json()["where"] == "from"
    assert str(earliest) in refused.json()["mend"]
    told = client.put(POLICY, json={"text": WIDE, "from": str(earliest)}).json()
    assert told["version"]["effective"] == f"{earliest}T00:00:00Z"
    assert told["version"]["asks_again"] == ["analytics", "openings"]
    assert client.get(POLICY).json()["text"] == GOOD


def test_a_policy_with_errors_is_refused_with_the_first(client: Client) -> None:
    refused = client.put(POLICY, json={"text": changed("backups: {keep: 30 days}\n", "")})
    assert refused.status_code == 422
    told = refused.json()
    assert told["title"] == "The policy does not compile"
    assert told["detail"].startswith("P109 ")
    assert told["where"].startswith("line ")
    assert told["mend"]
    assert len(client.get(f"{POLICY}/versions").json()) == 1


@pytest.mark.parametrize(
    "body", [{}, {"text": 1}, {"text": GOOD, "from": "soon"}, {"text": GOOD, "at": "2026-12-01"}]
)
def test_a_body_that_is_none_is_refused(client: Client, body: dict[str, Any]) -> None:
    refused = client.put(POLICY, json=body)
    assert refused.status_code in (400, 422)
    assert refused.json()["mend"]


def test_a_read_key_looks_and_does_not_publish(client: Client, sojourn: Sojourn) -> None:
    with writing(sojourn.engine).begin() as connection:
        key = keys.create(connection, sojourn.project("shop").id, "read", sojourn.clock_ms())
    stranger: Client = TestClient(application(sojourn), base_url="http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {key}"}
    assert stranger.get(POLICY, headers=headers).status_code == 200
    assert stranger.get(f"{POLICY}/versions", headers=headers).status_code == 200
    refused = stranger.put(POLICY, json={"text": GOOD}, headers=headers)
    assert refused.status_code == 403
    assert stranger.get(POLICY).status_code == 401
