"""Decisions over HTTP: taken down with the write key, held at once, proved to the owner."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conftest import Keys, Served

SEEN = {"type": "track", "event": "seen", "userId": "u1"}


@pytest.fixture(scope="module")
def shop(server: Served) -> Keys:
    """Two people who were seen; in the preset, analytics rests on legitimate interests."""
    keys = server.make_project("asked")
    server.send_to(keys.write, SEEN, SEEN | {"userId": "u2"})
    server.applied("asked")
    return keys


def decide(server: Served, key: str, body: Any) -> httpx.Response:
    return server.client.post("/v1/consents", json=body, auth=(key, ""))


def people(server: Served) -> int:
    answer = server.ask("trend", "asked", series=[{"event": "seen"}])
    return int(answer["about"]["people"])


def test_an_objection_holds_in_the_next_answer_and_is_proved(server: Served, shop: Keys) -> None:
    assert people(server) == 2
    body = {"identifiers": {"user_id": "u1"}, "purposes": {"analytics": "objected"}, "how": "mail"}
    taken = decide(server, shop.write, body)
    assert taken.status_code == 200
    assert people(server) == 1
    whom = {"search": "u1", "purpose": "service"}
    found = server.client.get("/api/v1/projects/asked/people", params=whom).json()
    person = found["people"][0]["id"]
    (proof,) = server.client.get(f"/api/v1/projects/asked/people/{person}/consents").json()
    assert proof["record"] == taken.json()["record"]
    assert proof["purposes"] == {"analytics": "objected"}
    assert len(proof["notice"]["sha256"]) == 64
    again = {**body, "purposes": {"analytics": "given"}}
    assert decide(server, shop.write, again).status_code == 200
    assert people(server) == 2


def test_a_restriction_is_the_owners_and_hides_at_once(server: Served, shop: Keys) -> None:
    found = server.client.get("/api/v1/projects/asked/people", params={"search": "u2"}).json()
    address = f"/api/v1/projects/asked/people/{found['people'][0]['id']}/restriction"
    before = people(server)
    assert server.client.post(address).status_code == 204
    assert people(server) == before - 1
    listed = server.client.get("/api/v1/projects/asked/people").json()
    assert listed["total"] == before - 1
    assert server.client.delete(address).status_code == 204
    assert people(server) == before


@pytest.mark.clause("S1-01", "S1-36")
@pytest.mark.parametrize(
    ("more", "where", "said"),
    [
        ({"how": "continued_use"}, "how", "no act of consent"),
        ({"how": " Pre-ticked "}, "how", "no act of consent"),
        ({"how": "implied"}, "how", "no act of consent"),
        ({"purposes": {"service": "given"}}, "purposes", "does not rest on consent"),
        ({"granted_by": "guardian"}, "granted_by", "No guardian"),
    ],
)
def test_what_is_no_consent_is_refused_and_taking_back_never_is(
    server: Served, shop: Keys, more: dict[str, Any], where: str, said: str
) -> None:
    yes = {"identifiers": {"user_id": "u3"}, "purposes": {"analytics": "given"}, "how": "banner"}
    answered = decide(server, shop.write, yes | more)
    problem = answered.json()
    assert (answered.status_code, problem["where"]) == (422, where)
    assert said in problem["title"] + problem["detail"]
    assert problem["mend"]
    no = {"purposes": dict.fromkeys((yes | more)["purposes"], "objected")}
    assert decide(server, shop.write, yes | more | no).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({}, 400, ""),
        ([], 400, ""),
        (
            {"identifiers": {"user_id": "u1"}, "purposes": {"analytics": "maybe"}, "how": "x"},
            400,
            "",
        ),
        (
            {"identifiers": {"user_id": "u1"}, "purposes": {"spying": "given"}, "how": "x"},
            422,
            "purposes",
        ),
        (
            {
                "identifiers": {"user_id": "u1"},
                "purposes": {"analytics": "given"},
                "how": "x",
                "granted_by": "manager",
            },
            422,
            "granted_by",
        ),
    ],
)
def test_what_is_no_decision_is_a_problem(
    server: Served, shop: Keys, body: Any, status: int, where: str
) -> None:
    answered = decide(server, shop.write, body)
    assert (answered.status_code, answered.json().get("where", "")) == (status, where)


def test_a_decision_needs_the_projects_write_key(server: Served, shop: Keys) -> None:
    body = {"identifiers": {"user_id": "u1"}, "purposes": {"analytics": "given"}, "how": "x"}
    assert decide(server, "nothing", body).status_code == 401
    assert decide(server, shop.read, body).status_code == 403
