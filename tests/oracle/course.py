"""The course of a project: rows as they come, who becomes whom, who is hidden or erased, and what
the process does meanwhile. The engine goes through it with a store and parts, as it does under the
applier; beside it stands the plain list of what is left, which is all that an oracle needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from sojourn.report import Report
from sojourn.retaining.removal import take_out_people
from sojourn.scope import Scope
from sojourn.store import CORE, Store
from sojourn.stores.memory import MemoryStore
from sojourn.timeline import PropertyType, Timeline
from sojourn.timelines.arrivals import PROVISIONAL
from sojourn.timelines.canon import Canon
from sojourn.timelines.columns import ARROW
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.parts import Parts
from sojourn.vocabulary import Vocabulary
from tests.oracle.history import Row, ask

KINDS: dict[type, PropertyType] = {bool: "flag", int: "number", float: "number", str: "text"}


@dataclass(frozen=True, slots=True)
class Opens:
    """Events come that may still change, until all that are open close."""

    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Merge:
    """A person becomes another; ids of any day."""

    person: int
    into: int


@dataclass(frozen=True, slots=True)
class Split:
    """One of the merges that stand is undone."""

    number: int


@dataclass(frozen=True, slots=True)
class Hide:
    """These people, and nobody else, may not be seen."""

    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Erase:
    """A person is hidden at once; then all of their rows go."""

    person: int


Doing = Literal["ask", "close", "commit", "settle", "reopen"]
Step = list[Row] | Opens | Merge | Split | Hide | Erase | Doing
Moment = tuple[Sequence[Timeline], list[Row]]
"""The parts as the engine has them, and the rows that are left."""


class Lived:
    """A project that goes through a course. `rows` are those that nobody has erased, by order of
    arrival, with the ids that they were given."""

    def __init__(self, store: Store | None = None, cache: Path | None = None) -> None:
        self.cache = cache
        self.store: Store = MemoryStore() if store is None else store
        self.words = Vocabulary()
        self.rows: dict[int, Row] = {}
        self.came = 0
        self.opened = PROVISIONAL
        self.merges: list[tuple[int, int]] = []
        self.hidden: frozenset[int] = frozenset()
        self.pending: list[pa.Table] = []
        self.parts = self.open()

    def open(self) -> Parts:
        """The parts as a process finds them that starts now."""
        canon = Canon()
        for merge in self.merges:
            canon.merge(*merge)
        parts = Parts(self.store, self.words, canon, lambda row: row, Ledger(), self.cache)
        parts.open(self.store.committed())
        for table in [*self.pending, self.table(self.provisional())]:
            parts.add(table, [])
        parts.hide(self.hidden)
        return parts

    def moments(self, course: Iterable[Step]) -> Iterator[Moment]:
        """Go through a course, and stop for questions: before and after everything that happens to
        somebody who is erased, and at the end."""
        for step in course:
            if isinstance(step, Erase):
                yield self.moment()
                self.hide({*self.hidden, step.person})
                yield self.moment()
                self.erase(step.person)
                yield self.moment()
            elif step == "ask":
                yield self.moment()
            else:
                self.take(step)
        yield self.moment()

    def moment(self) -> Moment:
        # A bucket of nobody adds nothing, but takes its time.
        parts = self.parts.now(latest=True).parts
        return [part for part in parts if len(part.people)] or parts[:1], self.left()

    def left(self) -> list[Row]:
        """What may be seen, as whose it is today, in order of arrival; open events come last."""
        hidden = {self.today(person) for person in self.hidden}
        rows = (self.rows[order] for order in sorted(self.rows))
        today = (replace(row, person=self.today(row.person)) for row in rows)
        return [row for row in today if row.person not in hidden]

    def today(self, person: int) -> int:
        for gone, into in self.merges:
            person = into if person == gone else person
        return person

    def take(self, step: Step) -> None:
        match step:
            case Opens(rows):
                self.add(rows, opens=True)
            case Merge(person, into):
                self.merge(self.today(person), self.today(into))
            case Split(number):
                self.split(number)
            case Hide(people):
                self.hide(people)
            case "close":
                self.close()
            case "commit":
                self.commit()
            case "settle":
                self.parts.settle()
            case "reopen":
                self.parts = self.open()
            case _:
                self.add(step)  # type: ignore[arg-type]

    def add(self, rows: Iterable[Row], *, opens: bool = False) -> None:
        """Rows come; those of events that are open stand in no table."""
        placed = {}
        for row in rows:
            if opens:
                self.opened += 1
            else:
                self.came += 1
            placed[self.opened if opens else self.came] = row
        self.rows |= placed
        table = self.table(placed)
        self.parts.add(table, [])
        if not opens:
            self.pending.append(table)

    def provisional(self) -> dict[int, Row]:
        return {order: row for order, row in self.rows.items() if order >= PROVISIONAL}

    def close(self) -> None:
        """What is open becomes ordinary rows."""
        closing = self.provisional()
        for order in closing:
            del self.rows[order]
        self.parts.add(CORE.empty_table(), [], list(closing))
        self.add(closing.values())

    def merge(self, person: int, into: int) -> None:
        if person != into:
            self.merges.append((person, into))
            self.parts.add(CORE.empty_table(), [(person, into)])

    def split(self, number: int) -> None:
        if self.merges:
            gone, _ = self.merges.pop(number % len(self.merges))
            self.parts.split(gone)

    def hide(self, people: Iterable[int]) -> None:
        self.hidden = frozenset(people)
        self.parts.hide(self.hidden)

    def commit(self) -> None:
        if self.pending:
            self.store.append(pa.concat_tables(self.pending, promote_options="default"), self.came)
            self.pending = []

    def erase(self, person: int) -> None:
        """All rows go of the person that an id is today; who comes back may be seen."""
        gone = self.today(person)
        self.commit()
        take_out_people([person], self.store, self.parts)
        self.rows = {
            order: row for order, row in self.rows.items() if self.today(row.person) != gone
        }
        self.hide(one for one in self.hidden if self.today(one) != gone)

    def table(self, placed: Mapping[int, Row]) -> pa.Table:
        """Rows by order of arrival, as a store takes them."""
        rows = list(placed.values())
        for row in rows:
            if row.name:
                self.words.add_event(row.name)
        core = {
            "person": [row.person for row in rows],
            "ts": [row.ts for row in rows],
            "order": list(placed),
            "event": [row.name for row in rows],
            "alias": [None] * len(rows),
            "source": [""] * len(rows),
            "purposes": [row.purposes for row in rows],
            "sealed": [None] * len(rows),
        }
        table = pa.table(core, schema=CORE)
        given = {(name, KINDS[type(one)]) for row in rows for name, one in row.properties.items()}
        for name, kind in sorted(given):
            own = [row.properties.get(name) for row in rows]
            values = [value if KINDS.get(type(value)) == kind else None for value in own]
            column = self.words.add_property(name, kind)
            table = table.append_column(column, pa.array(values, ARROW[kind]))
        return table


def agree_throughout(
    report: Any, definition: Any, course: Iterable[Step], scope: Scope, oracle: Callable[..., Any]
) -> None:
    """Whenever it is asked, the engine answers what the oracle says of the rows that are left."""
    own: Report[Any, Any] = report.REPORT
    for parts, rows in Lived().moments(course):
        assert ask(own, definition, parts, scope) == oracle(definition, rows, scope)
