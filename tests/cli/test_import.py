"""Importing real files: formats, guesses, instants, names that look like nothing, and summaries."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sojourn
from tests.cli.conftest import Ran, Shell

T = 1_700_000_000
DAY = "2023-11-14"


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def imported(ran: Ran, *, read: int, stored: int, known: int = 0, refused: int = 0) -> None:
    """The command succeeded and its summary says so much."""
    assert ran.status == 0, ran.err
    assert (
        f"{read:,} rows read · {stored:,} stored · {known:,} known already · {refused:,} refused"
    ) in ran.out


def timelines(data: Path) -> dict[str, list[tuple[str, int, dict[str, Any]]]]:
    """Each person's events by their user id: name, instant in ms and properties, oldest first."""
    found = {}
    with sojourn.open(data) as library:
        inside = library._sojourn
        project = inside.project("shop")
        directory, snapshot = inside.directory(project), project.parts.now()
        with inside.engine.begin() as connection:
            for person in directory.recent(snapshot, 0, 1_000)[1]:
                (name, *_) = directory.reveal(connection, person).identifiers
                events, _ = directory.timeline(connection, person, (2**62, 2**62), 1_000)
                found[name.value] = [
                    (event.event, round(event.ts.timestamp() * 1000), event.properties)
                    for event in reversed(events)
                ]
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


# Formats

ROWS = [
    {"user": "u1", "time": T * 1000, "event": "cart", "price": 12.5, "gift": True, "note": "a,b"},
    {"user": "u1", "time": T * 1000 + 1, "event": "paid", "price": 3.0, "gift": False, "note": "ü"},
    {"user": "u2", "time": T * 1000 + 2, "event": "cart", "price": 0.5, "gift": True, "note": "x"},
]
EXPECTED = {
    user: [
        (row["event"], row["time"], {name: row[name] for name in ("price", "gift", "note")})
        for row in ROWS
        if row["user"] == user
    ]
    for user in ("u1", "u2")
}
CSV = "user,time,event,price,gift,note\n" + "".join(
    f"{row['user']},{row['time']},{row['event']},{row['price']},{str(row['gift']).lower()},"
    f'"{row["note"]}"\n'
    for row in ROWS
)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "ndjson", "parquet"])
def test_each_format_gives_the_same_events_packed_or_not(
    shell: Shell, tmp_path: Path, data: Path, kind: str
) -> None:
    file = tmp_path / f"some.{kind}"
    if kind == "csv":
        file.write_text(CSV)
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), file)
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in ROWS) + "\n")
    packed = tmp_path / f"packed.{kind}.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))

    ran = shell("import", packed, file, "--project", "shop")

    imported(ran, read=3, stored=3)
    imported(ran, read=3, stored=0, known=3)
    assert timelines(data) == EXPECTED


def test_a_list_of_objects_is_read_as_a_whole(shell: Shell, tmp_path: Path, data: Path) -> None:
    file = tmp_path / "some.json"
    file.write_text(json.dumps([*ROWS, 7], indent=1))
    imported(shell("import", file, "--project", "shop"), read=4, stored=3, refused=1)
    assert timelines(data) == EXPECTED


def test_the_files_of_an_archive_are_read_one_after_the_other(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in ROWS[1:])
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("day 1/some.csv", "\n".join(CSV.splitlines()[:2]))
        archive.writestr("day 2/some.json.gz", gzip.compress(lines.encode()))
    ran = shell("import", tmp_path / "some.zip", "--project", "shop")
    imported(ran, read=3, stored=3)
    assert timelines(data) == EXPECTED


def test_a_csv_with_a_byte_order_mark_and_windows_lines_is_read(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    imported(shell("import", file, "--project", "shop"), read=3, stored=3)
    assert timelines(data) == EXPECTED


def test_parquet_dates_and_instants_are_instants(shell: Shell, tmp_path: Path, data: Path) -> None:
    instant = datetime.fromtimestamp(T, UTC)
    table = pa.table(
        {"user_id": [7, 8], "ts": [instant, instant + timedelta(hours=1)], "event": ["a", "b"]}
    )
    pq.write_table(table, tmp_path / "some.parquet")
    imported(shell("import", tmp_path / "some.parquet", "--project", "shop"), read=2, stored=2)
    assert timelines(data) == {"7": [("a", T * 1000, {})], "8": [("b", (T + 3600) * 1000, {})]}


# Columns


def test_columns_are_guessed_by_their_common_names(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    headers = (
        "user,timestamp,event",
        "user_id,time,name",
        "distinct_id,ts,event_name",
        "Customer ID,Created At,Event Type",
        "visitorId,eventTime,action",
        "device_id,date,activity",
    )
    files = [
        write_csv(tmp_path / f"{number}.csv", header, f"u{number},{T},cart")
        for number, header in enumerate(headers)
    ]
    assert shell("import", *files, "--project", "shop").status == 0
    expected = {f"u{number}": [("cart", T * 1000, {})] for number in range(len(headers))}
    assert timelines(data) == expected


def test_columns_are_named_by_flags(shell: Shell, tmp_path: Path, data: Path) -> None:
    file = write_csv(
        tmp_path / "some.csv", "a,b,c,d,user", f'ann,{T},cart,"{{""price"": 2}}",not this'
    )
    flags = ["--user", "a", "--time", "b", "--event", "c", "--properties", "d"]
    imported(shell("import", file, "--project", "shop", *flags), read=1, stored=1)
    assert timelines(data) == {"ann": [("cart", T * 1000, {"price": 2.0, "user": "not this"})]}


def test_one_name_for_every_event(shell: Shell, tmp_path: Path, data: Path) -> None:
    file = write_csv(tmp_path / "some.csv", "user,time,page", f"u1,{T},/a")
    ran = shell("import", file, "--project", "shop", "--event-name", "Page Viewed")
    imported(ran, read=1, stored=1)
    assert timelines(data) == {"u1": [("Page Viewed", T * 1000, {"page": "/a"})]}


def test_an_anonymous_id_joins_what_a_device_did_with_its_user(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    file = write_csv(
        tmp_path / "some.csv",
        "user,anonymous_id,time,event",
        f",d1,{T},seen",
        f"u1,d1,{T + 1},signed up",
        f"u1,,{T + 2},paid",
    )
    imported(shell("import", file, "--project", "shop"), read=3, stored=3)
    assert [name for name, _, _ in timelines(data)["u1"]] == ["seen", "signed up", "paid"]


# Instants


INSTANTS = (
    (f"{T}", T * 1000),
    (f"{T}.25", T * 1000 + 250),
    (f"{T}250", T * 1000 + 250),
    (f"{T}250999", T * 1000 + 250),
    (f"{DAY}T22:13:20Z", T * 1000),
    (f"{DAY} 22:13:20", T * 1000),
    (f"{DAY}T22:13:20.250999+00:00", T * 1000 + 250),
    (f"{DAY}T23:13:20+01:00", T * 1000),
    (f"{DAY}T12:43:20-09:30", T * 1000),
    ("2023-11-15T04:13:20+06:00", T * 1000),
    ("2023-11-15", (T + 6_400) * 1000),
)


def test_instants_come_as_iso_8601_with_any_offset_or_as_epochs(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    rows = [f"{text},{text},cart" for text, _ in INSTANTS]
    file = write_csv(tmp_path / "some.csv", "user,time,event", *rows)
    imported(shell("import", file, "--project", "shop"), read=len(rows), stored=len(rows))
    assert timelines(data) == {text: [("cart", ms, {})] for text, ms in INSTANTS}


def test_a_time_without_an_offset_is_in_the_project_s_zone(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    assert shell("project", "create", "shop", "--timezone", "Europe/Berlin").status == 0
    file = write_csv(tmp_path / "some.csv", "user,time,event", f"u1,{DAY} 23:13:20,cart")
    imported(shell("import", file, "--project", "shop"), read=1, stored=1)
    expected = datetime(2023, 11, 14, 23, 13, 20, tzinfo=timezone(timedelta(hours=1)))
    assert timelines(data) == {"u1": [("cart", round(expected.timestamp() * 1000), {})]}


# Names that look like nothing, values that look like something


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_users_called_na_or_null_are_users(
    shell: Shell, tmp_path: Path, data: Path, kind: str
) -> None:
    names = ["NA", "null", "None", "nan", "0", "N/A", "undefined", "true"]
    rows = [{"user": name, "time": T, "event": name} for name in names]
    file = tmp_path / f"some.{kind}"
    if kind == "csv":
        write_csv(file, "user,time,event", *(f"{name},{T},{name}" for name in names))
    elif kind == "jsonl":
        file.write_text("\n".join(map(json.dumps, rows)))
    else:
        pq.write_table(pa.Table.from_pylist(rows), file)
    imported(shell("import", file, "--project", "shop"), read=len(names), stored=len(names))
    assert timelines(data) == {name: [(name, T * 1000, {})] for name in names}


def test_a_number_in_text_is_a_number_only_if_nothing_would_be_lost(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    values = ["1", "-2.5", "1e3", "007", "+1", "12345678901234567890", "0x10", "1_000", "NA", "1,5"]
    header = ",".join(f"v{place}" for place in range(len(values)))
    quoted = ",".join(f'"{value}"' for value in values)
    file = write_csv(tmp_path / "some.csv", f"user,time,event,{header}", f"u1,{T},cart,{quoted}")
    imported(shell("import", file, "--project", "shop"), read=1, stored=1)
    ((_, _, properties),) = timelines(data)["u1"]
    assert list(properties.values()) == [1.0, -2.5, 1000.0, *values[3:]]


# Twice


def test_a_file_again_stores_nothing_twice_and_equal_rows_are_two_events(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    lines = [f"u1,{T},cart", f"u1,{T},cart", f"u2,{T},cart", f"u1,{T},cart"]
    file = write_csv(tmp_path / "some.csv", "user,time,event", *lines)
    imported(shell("import", file, "--project", "shop"), read=4, stored=4)
    imported(shell("import", file, "--project", "shop"), read=4, stored=0, known=4)

    packed = tmp_path / "other name.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    imported(shell("import", packed, "--project", "shop"), read=4, stored=0, known=4)

    grown = write_csv(tmp_path / "grown.csv", "user,time,event", *lines, f"u1,{T},cart")
    imported(shell("import", grown, "--project", "shop"), read=5, stored=1, known=4)
    assert {who: len(events) for who, events in timelines(data).items()} == {"u1": 4, "u2": 1}


def test_several_files_are_imported_in_one_command_each_with_its_summary(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    files = [
        write_csv(tmp_path / f"{number}.csv", "user,time,event", f"u{number},{T},cart")
        for number in range(3)
    ]
    ran = shell("import", *files, "--project", "shop")
    assert ran.status == 0
    assert ran.out.count("1 rows read · 1 stored") == 3
    assert len(timelines(data)) == 3


# What is refused


def test_the_summary_tells_each_reason_with_its_first_lines(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    file = write_csv(
        tmp_path / "some.csv",
        "user,time,event,note",
        f"u1,{T},cart,a",
        "u1,yesterday,cart,a",
        f"u1,{T},cart",
        f",{T},cart,a",
        f"u1,{T},,a",
        f'u1,{T},cart,"two',
        'lines"',
        *[f"u1,5000-01-0{day},cart,a" for day in range(1, 8)],
        f"u1,{T},cart,a\0b",
        f"u2,{T},paid,a",
    )
    ran = shell("import", file, "--project", "shop")
    imported(ran, read=15, stored=3, refused=12)
    lines = [line.split("│") for line in ran.out.splitlines() if "│" in line]
    told = {
        cells[1].strip(): (cells[3].strip(), cells[4].strip()) for cells in lines if len(cells) > 4
    }
    assert told["bad_timestamp"] == ("3", "1")
    assert told["bad_row"] == ("4", "1")
    assert told["no_identifier"] == ("5", "1")
    assert told["no_event_name"] == ("6", "1")
    assert told["timestamp_out_of_range"] == ("9, 10, 11, 12, 13, …", "7")
    assert told["bad_text"] == ("16", "1")
    assert "“yesterday”" in ran.out
    assert timelines(data).keys() == {"u1", "u2"}


def test_a_broken_line_of_json_is_refused_by_its_number(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    good = json.dumps({"user": "u1", "time": T, "event": "cart"})
    deep = '{"user": ' + "[" * 100_000 + "]" * 100_000 + "}"
    file = tmp_path / "some.jsonl"
    file.write_text("\n".join([good, "{", "[1]", "", deep, '"x"', good]))
    ran = shell("import", file, "--project", "shop")
    imported(ran, read=6, stored=2, refused=4)
    assert "2, 3, 5, 6" in ran.out


def test_a_gzip_that_breaks_off_gives_what_it_holds_and_says_so(
    shell: Shell, tmp_path: Path, data: Path
) -> None:
    lines = [f"u{number},{T + number},cart" for number in range(4_000)]
    whole = gzip.compress(("user,time,event\n" + "\n".join(lines)).encode())
    for kind in ("csv", "jsonl"):
        if kind == "jsonl":
            rows = ({"user": f"u{n}", "time": T + n, "event": "x"} for n in range(4_000))
            whole = gzip.compress("\n".join(map(json.dumps, rows)).encode())
        file = tmp_path / f"some.{kind}.gz"
        file.write_bytes(whole[: len(whole) // 2])
        ran = shell("import", file, "--project", kind)
        assert ran.status == 0
        assert "bad_row" in ran.out
        assert " 1 refused" in ran.out


# What cannot be imported at all


@pytest.mark.parametrize(
    ("name", "content", "what", "mend"),
    [
        ("missing.csv", None, "The file cannot be read", ""),
        ("some.xlsx", b"PK", "The file's format is not known", ".csv"),
        ("wrong.csv.gz", b"user,time,event\n", "The file cannot be read", "gzip"),
        ("wrong.jsonl.gz", b'{"user": 1}\n', "The file cannot be read", ""),
        ("wrong.parquet", b"user,time,event\n", "The file is not Parquet", ""),
        ("wrong.parquet.gz", b"user,time,event\n", "The file is not Parquet", ""),
        ("cut.parquet.gz", gzip.compress(b"PAR1" * 99)[:-9], "The file is not Parquet", ""),
        ("empty.csv", b"", "The file has no usable header", "header"),
        ("twice.csv", b"user,user,event\n", "The file has no usable header", "header"),
        ("empty.jsonl", b"", "The file has no rows", ""),
        ("header.csv", b"user,time,event\n", "The file has no rows", ""),
        ("broken.jsonl", b"{\n{\n", "No row of the file can be read", ""),
        ("nobody.csv", b"a,time,event\n1,2,3\n", "No column looks like the user", "--user"),
        ("never.csv", b"user,b,event\n1,2,3\n", "No column looks like the time", "--time"),
        ("nothing.csv", b"user,time,c\n1,2,3\n", "No column looks like the event", "--event"),
        ("list.json", b'[{"user": 1}]', "No column looks like the time", "--time"),
        ("broken.json", b'[{"user": 1', "No row of the file can be read", ""),
        ("wrong.zip", b"PK", "The file cannot be read", "zip"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:-2] else "",
)
def test_a_file_that_cannot_be_imported_says_what_where_and_what_now(
    shell: Shell, tmp_path: Path, name: str, content: bytes | None, what: str, mend: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ran = shell("import", file, "--project", "shop")
    assert ran.status == 1
    assert what in ran.err
    assert mend in ran.err
    assert "Traceback" not in ran.err


def test_a_column_that_is_not_there_is_told_with_those_that_are(
    shell: Shell, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "some.csv", "user,time,event", f"u1,{T},cart")
    ran = shell("import", file, "--project", "shop", "--user", "customer")
    assert ran.status == 1
    assert "There is no column “customer”" in ran.err
    assert "The file has user, time, event." in ran.err
    assert "--user" in ran.err


def test_a_folder_or_no_file_at_all_is_an_error(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    for arguments in ([folder], []):
        ran = shell("import", *arguments, "--project", "shop")
        assert ran.status == 1
        assert "Traceback" not in ran.err


# A real log


def test_the_complete_journey_is_imported_whole_out_of_order_as_it_is(
    shell: Shell, shared: Path, data: Path
) -> None:
    file = shared / "data" / "complete_journey.csv.gz"
    imported(shell("import", file, "--project", "journey"), read=75_000, stored=75_000)
    with sojourn.open(data) as library:
        project = library.project("journey")
        every = project.trend([{"event": "Product Purchased", "measure": "events"}], every="month")
        assert sum(row["count"] for row in every.rows) == 75_000
        step = {"event": "Product Purchased"}
        assert project.funnel([step]).rows[0]["people"] == 2_377
        free = {"event": "Product Purchased", "where": [{"property": "qty", "is": 0}]}
        none = project.trend([{**free, "measure": "events"}], every="month")
        assert sum(row["count"] for row in none.rows) == 416
        period = {"from": "2017-01-01T12:30:27Z", "to": "2018-01-01T03:47:38Z"}
        assert project.funnel([step], period=period).rows[0]["people"] == 2_377
