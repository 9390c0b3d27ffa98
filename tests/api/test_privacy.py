"""No identifying value stands on disk in the clear, whatever way it came; its owner still sees it.

Values are sent in every place where clients put them. After the server has stopped, every byte of
every file of the data folder is searched for them, in several encodings, and every column of every
Parquet file besides, for those are packed. Look-up by a whole identifier and revealing still work.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sojourn.application import Sojourn
from sojourn.event import Event, Identifier, Kind
from sojourn.ingest import applier
from sojourn.settings import Settings
from tests.conftest import Served, soon

USER = "user-7f3a-zephyrine"
DEVICE = "device-19c4-quokka"
FORMER = "former-55e1-ocelot"
EMAIL = "Zephyrine.Quill+news@Example-Mail.test"
ALIAS_EMAIL = "other.quill@example-mail.test"
PHONE = "+49 171 5550 4711"
NAME = "Zéphyrine Żółć-Quill"
KANJI = "山田花子"
IP = "203.0.113.77"
IPV6 = "2001:db8:85a3::8a2e:370:7334"
AGENT = "Mozilla/5.0 (Quokkaphone; rare build 8841)"
STREET = "Rue des Ocelots 77"
BORN = "1987-03-29"
PASSPORT = "X9Z8Y7W6"

SEALED = {
    "user": USER,
    "device": DEVICE,
    "former": FORMER,
    "email": EMAIL,
    "lower email": EMAIL.lower(),
    "other email": ALIAS_EMAIL,
    "phone": PHONE,
    "name": NAME,
    "kanji": KANJI,
    "street": STREET,
    "born": BORN,
    "passport": PASSPORT,
}
NEVER_KEPT = {"ip": IP, "ipv6": IPV6, "agent": AGENT}
HARMLESS = "a plan that is no secret"
HARMLESS_TRAIT = "a trait that is no secret"

IDENTIFYING: dict[str, Any] = {
    "email": EMAIL,
    "contact": f"write to {ALIAS_EMAIL} please",
    "phone": PHONE,
    "firstName": NAME,
    "Last Name": KANJI,
    "address": {"street": STREET},
    "user.birthday": BORN,
    "passport": PASSPORT,
}
TRAITS = IDENTIFYING | {
    "name": NAME,
    "avatar": f"https://pictures.test/{PASSPORT}.png",
    "reference": USER,
    "plan": HARMLESS_TRAIT,
}
CONTEXT: dict[str, Any] = {
    "ip": IP,
    "userAgent": AGENT,
    "device": {"id": DEVICE, "ip": IPV6},
    "traits": {"email": EMAIL, "phone": PHONE},
    "page": {"path": "/pricing"},
}


@pytest.fixture(scope="module")
def stopped(serve: Callable[[], Served]) -> Served:
    """A server that was sent all of it, was asked about it, and has stopped."""
    server = serve()
    messages: list[dict[str, object]] = [
        {"type": "track", "event": "Before", "anonymousId": DEVICE, "properties": IDENTIFYING},
        {"type": "identify", "userId": USER, "anonymousId": DEVICE, "traits": TRAITS},
        {
            "type": "track",
            "event": "After",
            "userId": USER,
            "properties": {"plan": HARMLESS, "who": USER},
        },
        {"type": "page", "userId": USER, "properties": {"ip": IP, "url": "https://x.test/p"}},
        {"type": "group", "userId": USER, "groupId": "g1", "traits": {"owner": ALIAS_EMAIL}},
        {"type": "track", "event": "Former", "userId": FORMER, "properties": {"ipAddress": IPV6}},
        {"type": "alias", "userId": USER, "previousId": FORMER},
    ]
    sent = [message | {"context": CONTEXT} for message in messages]
    assert server.send(*sent).json()["accepted"] == len(messages)
    assert server.applied()["stored"] == len(messages)
    assert server.get("people", search=USER)["total"] == 1
    return server


def spellings(value: str) -> set[bytes]:
    """How a value may stand in a file: as text in several encodings, as JSON, hex or base64."""
    plain = value.encode()
    found = {plain, value.encode("utf-16-le"), value.encode("utf-16-be"), plain.hex().encode()}
    found.add(value.encode("unicode_escape"))
    for offset in range(3):
        # Base64 packs three bytes into four letters, so it depends on where the value begins.
        packed = base64.b64encode(bytes(offset) + plain)
        found.add(packed[4 if offset else 0 : len(packed) // 4 * 4 - 4])
    return found


def everything_on_disk(data: Path) -> Iterable[tuple[str, bytes]]:
    """Every file with its bytes, and every Parquet column and SQLite table unpacked."""
    for path in data.rglob("*"):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes()
        if path.suffix == ".parquet":
            for name, column in pq.read_table(path, partitioning=None).to_pydict().items():
                text = b"\n".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in column
                )
                yield f"{path}, column {name}", name.encode() + b"\n" + text
        if path.suffix == ".db":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                yield f"{path}, all tables", "\n".join(database.iterdump()).encode()


def found_on_disk(data: Path, values: dict[str, str]) -> list[tuple[str, str]]:
    wanted = {
        label: {spelling.lower() for spelling in spellings(value)}
        for label, value in values.items()
    }
    return [
        (label, place)
        for place, content in everything_on_disk(data)
        for lowered in [content.lower()]
        for label, spelled in wanted.items()
        if any(spelling in lowered for spelling in spelled)
    ]


@pytest.mark.clause("S1-11", "S1-26")
def test_no_identifying_value_is_on_disk_in_the_clear_while_serving_or_after(
    stopped: Served,
) -> None:
    while_serving = found_on_disk(stopped.data, SEALED | NEVER_KEPT)
    assert while_serving == []

    stopped.stop()
    assert any(stopped.data.rglob("*.parquet")), "nothing was committed"
    assert found_on_disk(stopped.data, SEALED | NEVER_KEPT) == []


def test_the_search_would_find_a_value_that_stands_there(stopped: Served) -> None:
    stopped.stop()
    places = {
        place.rpartition(", ")[2]
        for _, place in found_on_disk(stopped.data, {"harmless": HARMLESS})
    }
    assert "column p_plan" in places


def test_a_trait_that_identifies_nobody_is_a_fact_of_the_person(stopped: Served) -> None:
    stopped.stop()
    tables = [pq.read_table(path) for path in stopped.data.rglob("*.parquet")]
    rows = [row for table in tables for row in table.to_pylist() if row["event"] == ""]
    assert [row["p_plan"] for row in rows if row.get("p_plan")] == [HARMLESS_TRAIT]


def test_the_table_s_statistics_hold_no_value_of_a_property(stopped: Served) -> None:
    stopped.stop()
    for log in stopped.data.rglob("_delta_log/*"):
        content = log.read_bytes()
        assert HARMLESS.encode() not in content
        assert b"/pricing" not in content
    for path in stopped.data.rglob("*.parquet"):
        metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            for index in range(metadata.num_columns):
                column = metadata.row_group(group).column(index)
                if column.path_in_schema not in ("person", "ts", "order", "purposes"):
                    assert not column.is_stats_set, column.path_in_schema


def test_the_person_is_found_by_each_identifier_and_revealed(stopped: Served) -> None:
    stopped.stop()
    with Sojourn(Settings(data=stopped.data)) as sojourn:
        project = sojourn.project("shop")
        directory = sojourn.directory(project)
        with sojourn.engine.begin() as connection:
            found = {
                text: directory.search(connection, text)
                for text in (USER, DEVICE, FORMER, EMAIL, EMAIL.lower(), EMAIL.upper())
            }
            assert len({tuple(people) for people in found.values()}) == 1
            (person,) = found[USER]
            assert directory.search(connection, USER[:-1]) == []

            revealed = directory.reveal(connection, person)
            assert {(one.type, one.value) for one in revealed.identifiers} == {
                ("user_id", USER),
                ("user_id", FORMER),
                ("email", EMAIL.lower()),
                ("anonymous_id", DEVICE),
            }
            assert revealed.traits["email"] == EMAIL
            assert revealed.traits["firstName"] == NAME
            assert revealed.traits["Last Name"] == KANJI
            assert revealed.traits["phone"] == PHONE

            events, _ = directory.timeline(connection, person, (2**62, 2**62), 100)
        by_name = {event.event: event for event in events}
        assert by_name.keys() == {"Before", "After", "Page Viewed", "Former"}
        assert set(by_name["Before"].sealed) == {
            "email",
            "contact",
            "phone",
            "firstName",
            "Last Name",
            "address.street",
            "user.birthday",
            "passport",
        }
        assert by_name["After"].properties == {"plan": HARMLESS, "path": "/pricing"}
        assert by_name["After"].sealed == ("who",)


def test_a_list_of_people_shows_no_whole_identifier(stopped: Served) -> None:
    stopped.stop()
    with Sojourn(Settings(data=stopped.data)) as sojourn:
        project = sojourn.project("shop")
        directory, snapshot = sojourn.directory(project), project.parts.now()
        _, people = directory.recent(snapshot, 0, 10)
        with sojourn.engine.begin() as connection:
            lines = directory.summaries(connection, snapshot, people)
    shown = str(lines)
    assert not any(value in shown for value in (SEALED | NEVER_KEPT).values())


def test_what_was_accepted_leaves_the_inbox_profiles_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows without an event make no commit, yet do not stay in the inbox for ever."""
    monkeypatch.setattr(applier, "COMMIT_AFTER_MS", 0)
    with Sojourn(Settings(data=tmp_path)) as sojourn:
        project = sojourn.create_project("shop")
        sojourn.start()
        event = Event(
            kind=Kind.PROFILE,
            ts=sojourn.clock_ms(),
            identifiers=(Identifier("user_id", USER),),
            traits={"name": NAME},
            message_id="m1",
        )
        _, done = sojourn.accept(project, [event])
        assert done is not None
        row = done.result()
        soon(lambda: sojourn.applier.applied, lambda applied: applied == row)
        soon(sojourn.inbox.last, lambda last: last == 0)
