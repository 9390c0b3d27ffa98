"""What these tests share: a policy with short terms, a folder with months of events, and the search
for what should be gone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.policy import versions
from tests.opened import Clock, event, open_shop, send

DAY_MS = 86_400_000

CATEGORIES = """
  orders: {means: [user.payment], purposes: [service, analytics]}
  pages: {means: [user.behavior.browsing_history], purposes: [analytics]}
  identification:
"""
EVENTS = """
events:
  Order: {category: orders, purposes: [service, analytics], properties: [total, page]}

undeclared:
"""
PROPERTIES = """
  total: {category: orders, purposes: [service, analytics]}
  page: {category: pages, purposes: [analytics]}
  name: {category: identification, purposes: [service]}

undeclared:
"""
RETENTION = """
  orders: {keep: 1 year, by_purpose: {analytics: 2 months}}
  pages: {keep: 1 month}
  activity: {keep: 3 months}
"""


def policy() -> str:
    """The preset with an event, properties and categories of its own, kept for a short while."""
    text = versions.preset(versions.PRESET)
    for old, new in (
        ("\n  identification:\n", CATEGORIES),
        ("\n\nundeclared:\n", PROPERTIES),
        ("\n\nundeclared:\n", "\n" + EVENTS),
        ("\n  activity: {keep: 25 months}\n", RETENTION),
        ("{keep: 1 year, after: account_closed}", "{keep: 30 days, after: account_closed}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


ORGANISATION = """
organisation:
  name: Example SAS
  address: 1 rue Exemple, Paris
  country: FR
  privacy_contact: privacy@example.com
  authority: CNIL
"""


def chosen() -> str:
    """The same as somebody's own policy, no draft."""
    text = policy().replace("\ndraft: true\n", ORGANISATION)
    return text.replace("rights:\n", "rights:\n  channel: privacy@example.com\n")


def open_kept(data: Path, clock: Clock | None = None) -> tuple[Sojourn, Project]:
    """An open folder whose project `shop` has the policy above."""
    sojourn, project = open_shop(data, clock)
    sojourn.governance(project).publish(policy(), actor="test")
    return sojourn, project


def ago(name: str, days: float, user: str = "u1", **properties: Any) -> Event:
    """An event some days before noon of the day that the clock shows."""
    message_id = f"{name} {days} {user} {sorted(properties.items())}"
    return event(name, -int(days * DAY_MS), user=user, message_id=message_id, **properties)


def settle(sojourn: Sojourn, project: Project, events: Iterable[Event]) -> None:
    """Send events and let them come to the table, to settled parts and to the cache."""
    for one in events:
        send(sojourn, project, [one])
    sojourn.applier.commit(now=True)
    project.parts.settle()


def holding(data: Path, word: str) -> list[str]:
    """The files of a folder that hold a word: in their bytes, or in a table's values."""
    found = []
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        held = word.encode() in path.read_bytes()
        if path.suffix == ".parquet" and "_delta_log" not in path.parts:
            held |= word in str(pq.read_table(path, partitioning=None).to_pydict())
        if held:
            found.append(str(path.relative_to(data)))
    return found


def files(data: Path) -> set[str]:
    """The names of the table's files."""
    return {str(path.relative_to(data)) for path in (data / "events").rglob("*.parquet")} - {
        str(path.relative_to(data)) for path in (data / "events").rglob("_delta_log/*")
    }


def stored(project: Project) -> pa.Table:
    """All rows of the table, in order of arrival."""
    names = ["person", "ts", "order", "event", "purposes", "sealed"]
    columns = [*names, *project.vocabulary.every_column()]
    return project.store.read(columns).sort_by("order")
