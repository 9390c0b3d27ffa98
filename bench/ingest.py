"""`python -m bench.ingest`: how many events a second are taken in, and how soon they count.

Sojourn is a server in a process of its own, as people run it, and the client another on the same
cores. Beside it, in turns, stands `bare.py`: the same HTTP server, decoder and disk, and no look at
a single event: the limit. Every answer of either means that its events are on disk.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx
import msgspec
import pyarrow as pa
from cyclopts import App
from pyarrow import csv, parquet
from rich.console import Console

from bench import report
from bench.gates import BATCH, body_of
from bench.results import Sheet
from bench.sender import Sent
from bench.server import COMMAND, COUNT_S, PROJECT, Served, bare_server, sojourn_server

app = App(name="python -m bench.ingest", help="How quickly events are taken in.")

CONNECTIONS = {BATCH: 8, 1: 64}
RATE = 10_000
"""Events a second, while it is measured how soon they count."""
PACE_S = 0.05
IMPORTED = 200_000
DECODED = 20
"""Batches that are decoded to see what that alone takes."""


@app.default
def ingest(
    *,
    batches: int = 400,
    singles: int = 20_000,
    rounds: int = 3,
    seconds: int = 20,
    seed: int = 1,
    write: bool = False,
) -> None:
    """Send batches and single events, watch when they count, and import files.

    Parameters
    ----------
    batches
        How many batches of 500 events are sent in a round.
    singles
        How many events are sent one by one in a round.
    rounds
        How many rounds; they take turns with the bare server.
    seconds
        For how long events arrive at 10,000 a second.
    seed
        Where chance begins.
    write
        Write bench/ingest.md.
    """
    lots = {BATCH: batches, 1: singles}
    sheets = [_throughput(lots, rounds, seed), _freshness(seconds, seed), _imports(seed)]
    for sheet in sheets:
        Console().print(sheet.rich())
    if write:
        texts = [sheet.markdown() for sheet in sheets]
        report.write(report.HERE / "ingest.md", "python -m bench.ingest", texts, rounds)


def _throughput(lots: dict[int, int], rounds: int, seed: int) -> Sheet:
    """Events a second by requests of so many events, in rounds that take turns, each with a server
    of its own; the first round does not count."""
    took: dict[tuple[int, str], list[Sent]] = {}
    for number in range(rounds + 1):
        for events, requests in lots.items():
            rng = random.Random(seed * 1_000_000 + number * 1_000 + events)
            bodies = [body_of(rng, events) for _ in range(requests)]
            for name, server in (("sojourn", sojourn_server), ("bare", bare_server)):
                with server() as served:
                    sent = served.send(bodies, CONNECTIONS[events])
                if number:
                    took.setdefault((events, name), []).append(sent)
    rows = [
        _row(events, events * requests, took[events, "sojourn"], took[events, "bare"], seed)
        for events, requests in lots.items()
    ]
    headings = ("requests", "events/s", "p99 ms", "bare server", "of the bare", "decoding alone")
    return Sheet("Accepted, durably, with the client on the same cores", headings, rows)


def _row(
    events: int, total: int, ours: Sequence[Sent], bare: Sequence[Sent], seed: int
) -> tuple[str, ...]:
    took, least = (median(sent.seconds for sent in every) for every in (ours, bare))
    answers = sorted(answer for sent in ours for answer in sent.answers)
    return (
        f"of {events} event{'s' if events > 1 else ''}",
        f"{total / took:,.0f}",
        f"{answers[int(len(answers) * 0.99)] * 1000:,.0f}",
        f"{total / least:,.0f}",
        f"{least / took:.0%}",
        f"{_decoding(events, seed) * total / took:.0%}",
    )


def _decoding(events: int, seed: int) -> float:
    """Seconds to decode an event of such requests, and nothing more."""
    bodies = [body_of(random.Random(seed), events) for _ in range(DECODED * BATCH // events)]
    begun = time.perf_counter()
    for body in bodies:
        msgspec.json.decode(body)
    return (time.perf_counter() - begun) / (len(bodies) * events)


def _freshness(seconds: int, seed: int) -> Sheet:
    """How long after its answer an event counts in a report, at a steady rate."""
    rng = random.Random(seed)
    each = int(RATE * PACE_S)
    bodies = [body_of(rng, each) for _ in range(int(seconds / PACE_S))]
    with sojourn_server() as served:
        # A server that somebody has used has its kernels.
        served.send([body_of(rng, each)], 1)
        with served.counting() as counting:
            counting.wait_for(each)
        answered: list[float] = []
        lags: list[float] = []
        asking = threading.Thread(target=_ask, args=(served, answered, lags, len(bodies), each))
        asking.start()
        begun = time.perf_counter()
        with httpx.Client(auth=(served.write, ""), timeout=60) as client:
            for number, body in enumerate(bodies):
                time.sleep(max(0.0, begun + number * PACE_S - time.perf_counter()))
                client.post(f"{served.address}/v1/batch", content=body).raise_for_status()
                answered.append(time.perf_counter())
        took = time.perf_counter() - begun
        asking.join()
    lags.sort()
    row = (
        f"{each * len(bodies) / took:,.0f}",
        *(f"{lag * 1000:,.0f}" for lag in (median(lags), lags[int(len(lags) * 0.99)], lags[-1])),
    )
    headings = ("events/s", "median ms", "p99 ms", "longest ms")
    return Sheet("From accepted to counted", headings, [row], words=0)


def _ask(served: Served, answered: list[float], lags: list[float], batches: int, each: int) -> None:
    """Ask again and again how many events there are, until all are: the lag of each batch, in s."""
    with served.counting() as counting:
        while len(lags) < batches:
            counted = counting.events()
            now = time.perf_counter()
            # A batch may count before its sender has read the answer.
            known = answered[len(lags) : counted // each - 1]
            lags.extend(max(0.0, now - one) for one in known)
            time.sleep(COUNT_S)


def _imports(seed: int) -> Sheet:
    """Rows a second of `sojourn import`, from the file to the table."""
    rng = random.Random(seed)
    log = pa.table(
        {
            "user_id": [f"person-{rng.randrange(20_000)}" for _ in range(IMPORTED)],
            "timestamp": [1_790_000_000_000 + number * 50 for number in range(IMPORTED)],
            "event": [rng.choice(("Viewed", "Added", "Ordered")) for _ in range(IMPORTED)],
            "price": [rng.randrange(20_000) / 100 for _ in range(IMPORTED)],
            "page": [f"/products/{rng.randrange(5_000)}" for _ in range(IMPORTED)],
        }
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        files = {"Parquet": Path(folder) / "log.parquet", "CSV": Path(folder) / "log.csv"}
        parquet.write_table(log, files["Parquet"])
        csv.write_csv(log, files["CSV"])
        for name, file in files.items():
            data = Path(folder) / name
            arguments = [COMMAND, "import", file, "--project", PROJECT, "--data", data]
            begun = time.perf_counter()
            subprocess.run(arguments, check=True, capture_output=True)
            rows.append((name, f"{IMPORTED / (time.perf_counter() - begun):,.0f}"))
    return Sheet(f"Importing {IMPORTED:,} rows", ("file", "rows/s"), rows)


if __name__ == "__main__":
    app()
