"""The schema over HTTP: what is counted of names, what is said of them, and what is never shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import Keys, Served, outside, soon

DAY = "2026-03-0"
PEOPLE = 7
ODD = "a/b ü?#{}"


def message(person: int, event: str, day: int, **properties: Any) -> dict[str, Any]:
    at = f"{DAY}{day}T10:00:00Z"
    own = {"type": "track", "event": event, "userId": f"u{person}", "timestamp": at}
    return {**own, "properties": properties}


@pytest.fixture(scope="module")
def shop(server: Served) -> Keys:
    """Seven people who paid: five of them in euros, two in francs; one more only looked."""
    keys = server.make_project("schema-shop")
    currencies = ["EUR"] * 5 + ["CHF"] * 2
    server.send_to(
        keys.write,
        *(
            message(person, "paid", 1, total=9.5, currency=currency, login="root", email="u@x.org")
            for person, currency in enumerate(currencies)
        ),
        *(message(0, "paid", 2, total=9.5, currency="EUR", note="u0@example.org") for _ in "ab"),
        message(0, "paid", 3, total="much", new=True),
        message(9, ODD, 4, currency="EUR"),
        {"type": "identify", "userId": "u1", "traits": {"plan": "pro"}},
    )
    server.applied("schema-shop")
    return keys


def at(kind: str, name: str = "", project: str = "schema-shop") -> str:
    return f"/api/v1/projects/{project}/schema/{kind}{name and '/' + quote(name, safe='')}"


def look(server: Served, kind: str, name: str = "") -> Any:
    answer = server.client.get(at(kind, name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def put(server: Served, kind: str, name: str, **said: Any) -> httpx.Response:
    return server.client.put(at(kind, name), json=said)


def test_events_are_counted(server: Served, shop: Keys) -> None:
    first, second = look(server, "events")
    assert (first["name"], first["events"], first["people"]) == ("paid", 10, PEOPLE)
    assert (first["first"], first["last"]) == (f"{DAY}1T10:00:00Z", f"{DAY}3T10:00:00Z")
    assert (second["name"], second["events"], second["people"]) == (ODD, 1, 1)
    whole = look(server, "events", "paid")
    with_it = {one["name"]: one["events"] for one in whole["properties"]}
    assert (with_it["total"], with_it["currency"], with_it["new"]) == (10, 9, 1)
    assert "email" not in with_it, "it is sealed"


def test_properties_are_counted_by_type_and_value(server: Served, shop: Keys) -> None:
    total = look(server, "properties", "total")
    assert total["types"] == [{"type": "number", "values": 9}, {"type": "text", "values": 1}]
    assert (total["filled"], total["facts"], total["people"]) == (10, 0, PEOPLE)
    assert (total["different"], total["more"]) == (2, False)
    assert (total["first"], total["last"]) == (f"{DAY}1T10:00:00Z", f"{DAY}3T10:00:00Z")
    currency = look(server, "properties", "currency")
    assert currency["events"] == [{"name": "paid", "events": 9}, {"name": ODD, "events": 1}]
    assert (currency["people"], currency["different"]) == (8, 2)
    plan = look(server, "properties", "plan")
    assert (plan["filled"], plan["facts"], plan["people"]) == (0, 1, 1)


def test_a_value_is_shown_only_where_it_points_at_nobody(server: Served, shop: Keys) -> None:
    known = {one["name"]: one for one in look(server, "properties")}
    assert known["currency"]["examples"] == [{"value": "EUR", "people": 6}]
    assert known["total"]["examples"] == [{"value": 9.5, "people": PEOPLE}]
    for name in ("new", "plan"):
        assert known[name]["examples"] == [], "too few people have it"
    assert (known["login"]["identifying"], known["login"]["people"]) == (True, PEOPLE)
    assert known["login"]["examples"] == [], "however many share it"
    assert "email" not in known
    assert "u0@example.org" not in str(known), "what looks like an address is sealed"


def test_what_is_said_of_an_event_is_kept_and_shown_everywhere(server: Served, shop: Keys) -> None:
    said = {"title": "Paid a bill", "icon": "receipt", "sentence": "{person} paid {total}"}
    assert put(server, "events", "paid", **said, archived=True).json()["entry"] == {
        **said, "archived": True,
    }  # fmt: skip
    summary = {one["name"]: one for one in server.get("schema", "schema-shop")["events"]}
    assert summary["paid"] | said | {"archived": True} == summary["paid"]
    assert put(server, "events", "paid", title="Paid").json()["entry"] == {"title": "Paid"}
    assert server.client.delete(at("events", "paid")).status_code == 204
    assert server.client.delete(at("events", "paid")).status_code == 404
    assert look(server, "events", "paid")["entry"] == {}


def test_properties_have_titles_in_the_summary(server: Served, shop: Keys) -> None:
    assert put(server, "properties", "currency", title="Currency", archived=True).status_code == 200
    summary = {one["name"]: one for one in server.get("schema", "schema-shop")["properties"]}
    assert (summary["currency"]["title"], summary["currency"]["archived"]) == ("Currency", True)
    server.client.delete(at("properties", "currency"))


@pytest.mark.parametrize("name", [ODD, "/pricing", "a//b", "...", "100%", "%2F", "x" * 200, "é 中"])
def test_any_name_can_stand_in_an_address(server: Served, shop: Keys, name: str) -> None:
    for kind in ("events", "properties"):
        assert put(server, kind, name, title="Odd").json()["name"] == name
        assert look(server, kind, name)["entry"] == {"title": "Odd"}
        assert name in server.get("schema/plan", "schema-shop")[kind]
        assert server.client.delete(at(kind, name)).status_code == 204


def test_a_planned_name_is_listed_before_it_arrives(server: Served, shop: Keys) -> None:
    assert server.client.get(at("events", "refunded")).status_code == 404
    put(server, "events", "refunded", planned=True)
    found = look(server, "events", "refunded")
    assert (found["events"], found["first"], found["entry"]) == (0, None, {"planned": True})
    assert "refunded" in [one["name"] for one in look(server, "events")]
    assert "refunded" not in str(server.get("schema", "schema-shop")), "nobody can ask for it yet"
    server.client.delete(at("events", "refunded"))


def test_a_type_that_is_planned_is_held_and_counted(server: Served) -> None:
    keys = server.make_project("planned-types")
    where = at("properties", "total", "planned-types")
    assert server.client.put(where, json={"planned": "number"}).status_code == 200
    answer = server.send_to(keys.write, message(1, "paid", 1, total="9"))
    assert [one["reason"] for one in answer.json()["refused"]] == ["type_conflict"]
    server.refused("planned-types", "type_conflict", 1)
    soon(
        lambda: server.get("quarantine", "planned-types")["reasons"],
        lambda reasons: [one["reason"] for one in reasons] == ["type_conflict"],
    )


def test_a_plan_goes_out_and_in_again_whole(server: Served, shop: Keys) -> None:
    plan = {
        "events": {"paid": {"title": "Paid"}, "spam": {"blocked": True}},
        "properties": {"total": {"planned": "number"}},
    }
    assert server.client.post(at("plan"), json=plan).json() == plan
    assert server.get("schema/plan", "schema-shop") == plan
    assert server.get("collection", "schema-shop")["blocked_events"] == ["spam"]
    server.client.post(at("plan"), json={"events": {"spam": {}}, "properties": {"total": {}}})
    assert server.get("collection", "schema-shop")["blocked_events"] == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("events", {"sentence": "{person paid"}),
        ("events", {"icon": "unicorn"}),
        ("events", {"titel": "x"}),
        ("events", {"title": "x" * 101}),
        ("events", {"planned": "number"}),
        ("properties", {"planned": "money"}),
        ("properties", {"sentence": "x"}),
        ("properties", []),
    ],
)
def test_what_cannot_be_meant_is_refused(server: Served, shop: Keys, kind: str, said: Any) -> None:
    before = server.get("schema/plan", "schema-shop")
    refused = server.client.put(at(kind, "paid"), json=said)
    assert (refused.status_code, bool(refused.json()["title"])) == (422, True)
    assert server.get("schema/plan", "schema-shop") == before


def test_a_read_key_sees_the_schema_and_changes_nothing(server: Served, shop: Keys) -> None:
    reader = {"Authorization": f"Bearer {shop.read}"}
    where = f"{server.url}{at('events', 'paid')}"
    assert outside.get(where, headers=reader).status_code == 200
    assert outside.put(where, headers=reader, json={}).status_code == 403
    assert outside.delete(where, headers=reader).status_code == 403
    assert outside.post(f"{server.url}{at('plan')}", headers=reader, json={}).status_code == 403
    assert outside.get(where).status_code == 401
    elsewhere = f"{server.url}{at('events', 'paid', 'shop')}"
    assert outside.get(elsewhere, headers=reader).status_code == 404
