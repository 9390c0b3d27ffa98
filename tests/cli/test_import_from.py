"""Importing what other programs wrote: their files, from the command line to the timelines."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sojourn
from tests.cli.conftest import Shell
from tests.cli.test_import import imported, timelines
from tests.origins.test_events import LINE, UMAMI, T, ga4_row

STAMP = "2026-02-03 04:05:06"
Write = Callable[[Path], None]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def write_lines(path: Path, *rows: object) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_mixpanel(path: Path) -> None:
    properties = {"time": T // 1000, "distinct_id": "u1", "plan": "pro"}
    write_lines(path, *({"event": "Paid", "properties": properties} for _ in range(2)))


def write_amplitude(path: Path) -> None:
    row = {"event_type": "Paid", "event_time": STAMP, "user_id": "u1"}
    with zipfile.ZipFile(path, "w") as archive:
        for hour in range(2):
            line = json.dumps(row | {"$insert_id": f"m{hour}"})
            archive.writestr(f"1/1_2026-02-03_{hour}#0.json.gz", gzip.compress(line.encode()))


def write_posthog(path: Path) -> None:
    row = {"event": "Paid", "distinct_id": "u1", "properties": "{}", "timestamp": STAMP}
    rows = [row | {"uuid": "a"}, row | {"uuid": "b"}]
    pq.write_table(pa.Table.from_pylist(rows), path)


def write_posthog_csv(path: Path) -> None:
    lines = [f'{name},Paid,u1,"{{""size"": 4}}",{STAMP}' for name in ("a", "b")]
    path.write_text("\n".join(["uuid,event,distinct_id,properties,timestamp", *lines]) + "\n")


UMAMI_DATA = "event_id,data_key,string_value,data_type\na,plan,pro,1\n"


def write_umami(path: Path) -> None:
    row = UMAMI | {"event_type": "2", "event_name": "Paid", "distinct_id": "u1"}
    lines = [",".join(row)]
    lines += [",".join((row | {"event_id": name}).values()) for name in ("a", "b")]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("website_event.csv", "\n".join(lines) + "\n")
        archive.writestr("event_data.csv", UMAMI_DATA)
        archive.writestr("session_data.csv", "session_id,data_key\ns1,size\n")


def write_matomo(path: Path) -> None:
    action = {"type": "event", "eventAction": "Paid", "timestamp": T // 1000}
    path.write_text(json.dumps([{"userId": "u1", "actionDetails": [action, action]}], indent=2))


def write_ga4(path: Path) -> None:
    row = ga4_row(event_name="Paid", user_properties=[])
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for _ in range(2)).encode()))


FILES: dict[str, tuple[str, Write, int]] = {
    "mixpanel": ("export.jsonl", write_mixpanel, 2),
    "amplitude": ("export.zip", write_amplitude, 2),
    "posthog": ("events.parquet", write_posthog, 2),
    "posthog-csv": ("events.csv", write_posthog_csv, 2),
    "umami": ("export.zip", write_umami, 3),
    "matomo": ("visits.json", write_matomo, 1),
    "ga4": ("events.json.gz", write_ga4, 2),
}


@pytest.mark.parametrize("name", FILES)
def test_an_export_becomes_timelines_and_twice_stores_nothing_twice(
    shell: Shell, tmp_path: Path, data: Path, name: str
) -> None:
    file, write, rows = FILES[name]
    write(tmp_path / file)
    command = ("import", tmp_path / file, "--from", name.removesuffix("-csv"), "--project", "shop")
    imported(shell(*command), read=rows, stored=2)
    again = shell(*command)
    assert (again.status, "0 stored · 2 known already · 0 refused" in again.out) == (0, True)
    found = timelines(data)
    assert [(event, ts) for event, ts, _ in found["u1"]] == [("Paid", T)] * 2


@pytest.mark.parametrize("apart", [False, True])
def test_umami_s_events_have_their_data(
    shell: Shell, tmp_path: Path, data: Path, apart: bool
) -> None:
    """Also where the files come by themselves, in whatever order."""
    write_umami(tmp_path / "export.zip")
    files = [tmp_path / "export.zip"]
    if apart:
        with zipfile.ZipFile(files[0]) as archive:
            archive.extractall(tmp_path)
        files = [tmp_path / "website_event.csv", tmp_path / "event_data.csv"]
    assert shell("import", *files, "--from", "umami", "--project", "shop").status == 0
    with sojourn.open(data) as library:
        counted = "select plan, count(*) as n from events group by 1 order by 1"
        rows = library.project("shop").sql(counted).to_arrow().to_pylist()
    assert [(row["plan"], row["n"]) for row in rows] == [("pro", 1), (None, 1)]


def line(**fields: str) -> str:
    told = LINE | fields
    begin = '{address} {identity} {user} [{time}] "{request}" {status} {size}'
    return (begin + ' "{referrer}" "{agent}"').format(**told)


def test_a_log_keeps_no_address(shell: Shell, tmp_path: Path, data: Path) -> None:
    lines = [
        line(),
        line(request="GET /buy HTTP/1.1", user="ann"),
        line(request="GET /buy HTTP/1.1", address="203.0.113.8"),
        line(request="GET /logo.png HTTP/1.1"),
        line(agent="Googlebot/2.1 (+http://www.google.com/bot.html)"),
        line(time="03/Feb/2026:06:05:06 +0100")[:-4],
        "no line of a log",
    ]
    (tmp_path / "access.log").write_text("\n".join(lines) + "\n")
    command = ("import", tmp_path / "access.log", "--from", "accesslog", "--project", "shop")
    first = shell(*command, tmp_path / "access.log")
    imported(first, read=7, stored=4, refused=3)
    imported(first, read=7, stored=0, known=4, refused=3)
    imported(shell(*command), read=7, stored=0, known=4, refused=3)
    found = timelines(data)
    assert sorted(len(events) for events in found.values()) == [1, 1, 2]
    for path in (path for path in data.rglob("*") if path.is_file()):
        assert b"203.0.113" not in path.read_bytes(), path
        assert b"Quokka" not in path.read_bytes(), path
    other = shell(*command[:-1], "known", "--user", "user")
    imported(other, read=7, stored=4, refused=3)


def test_a_real_log_is_read_to_its_end(shell: Shell, data: Path, shared: Path) -> None:
    log = shared / "data" / "apache_access.log.gz"
    ran = shell("import", log, "--from", "accesslog", "--project", "shop")
    assert ran.status == 0, ran.err
    assert "10,000 rows read" in ran.out
    with gzip.open(log, "rt", errors="replace") as lines:
        devices = {(line.split()[0], line.split('"')[5], line.split("[")[1][:11]) for line in lines}
    with sojourn.open(data) as library:
        counted = "select count(distinct person) as people from events"
        people = int(library.project("shop").sql(counted).to_pandas()["people"].sum())
    assert len(devices) / 2 < people <= len(devices)
    assert all(b"83.149.9.216" not in one.read_bytes() for one in data.rglob("*") if one.is_file())


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--from", "ganalytics"), "accesslog, amplitude, ga4, matomo, mixpanel, posthog, umami"),
        (("--from", "mixpanel", "--time", "t"), "--from mixpanel says what the columns are"),
        (("--from", "mixpanel", "--user", "u"), "--from mixpanel says what the columns are"),
        (("--from", "accesslog", "--user", "address"), "--from accesslog says what the columns"),
    ],
)
def test_what_cannot_be_imported_so_is_told(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...], what: str
) -> None:
    (tmp_path / "x.jsonl").write_text("{}\n")
    ran = shell("import", tmp_path / "x.jsonl", "--project", "shop", *arguments)
    assert (ran.status, what in ran.err) == (1, True), ran.err
