"""Organisations over HTTP: the list by page, one by its whole id, and one in full."""

from __future__ import annotations

import pytest

from tests.conftest import Served


@pytest.fixture(scope="module")
def clubs(server: Served) -> Served:
    keys = server.make_project("clubs")
    for number in range(5):
        user, club = f"u{number}", f"club-{number // 2}"
        server.send_to(
            keys.write,
            {"type": "track", "event": "seen", "userId": user},
            {"type": "group", "groupId": club, "userId": user, "traits": {"size": number}},
        )
    server.applied("clubs")
    return server


def test_list_goes_by_page_and_a_whole_id_finds_one(clubs: Served) -> None:
    first = clubs.get("organisations", "clubs", limit=2)
    assert (first["total"], len(first["organisations"]), first["after"]) == (3, 2, 2)
    rest = clubs.get("organisations", "clubs", limit=2, after=2)
    assert (len(rest["organisations"]), rest["after"]) == (1, None)
    people = {one["id"]: one["people"] for one in first["organisations"] + rest["organisations"]}
    assert people == {1: 2, 2: 2, 3: 1}
    found = clubs.get("organisations", "clubs", search="club-2")["organisations"]
    assert [(one["id"], one["masked"], one["people"]) for one in found] == [(3, "cl•••", 1)]
    assert clubs.get("organisations", "clubs", search="club")["total"] == 0


def test_one_has_properties_people_and_events(clubs: Served) -> None:
    shown = clubs.get("organisations/1", "clubs")
    assert [(one["name"], one["value"]) for one in shown["properties"]] == [("group.size", 1.0)]
    assert shown["people"]["total"] == len(shown["people"]["people"]) == 2
    assert {one["event"] for one in shown["events"]} == {"seen"}
    answer = clubs.ask("activity", "clubs", segment=shown["segment"])
    assert answer["people"] == 2


def test_there_is_no_other(clubs: Served) -> None:
    for number in ("9", "0", "99999999999999999999999"):
        where = f"/api/v1/projects/clubs/organisations/{number}"
        assert clubs.client.get(where).status_code == 404
