"""The counterfactual: what another policy would have done with the events that are stored.

Of an event the store knows its name and the purposes that were lawful when it came; where the
person was and what they agreed to is gone, as it should be. So events that came alike are judged
once: what was lawful stays so, unless the other policy asks for a consent that was not needed then.
What no one can know is told as such (`needs consent`), and never counted as refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.executor import Executor
from sojourn.kernels.counts import counts
from sojourn.kernels.grid import grid
from sojourn.policy.model import Policy
from sojourn.policy.recipients import RecipientRule
from sojourn.policy.rules import UNKNOWN, EventRule, Rules, rules_of
from sojourn.policy.stricter import is_kept_longer
from sojourn.timeline import EVERY_PURPOSE, Timeline

Kind = Literal["refused", "needs consent", "kept longer", "sent", "told"]
SERIES = 60
"""How many outcomes one pass counts: each is a bit."""


class Outcome(msgspec.Struct, frozen=True):
    """Something that the other policy would have done: `of` says which event it would have refused
    ("" for any) or asked about, which category kept longer, to whom it would have sent the events,
    and whom it would have told more of the people."""

    kind: Kind
    of: str


class Consequence(msgspec.Struct, frozen=True):
    """How many events an outcome is about, and how many people they are of."""

    kind: Kind
    of: str
    events: int
    people: int


class Judge:
    """What `new` does with an event that `old` let in. `bits` are the project's purposes, as their
    masks in the store; a purpose that it never had has a bit beyond these."""

    def __init__(self, old: Policy, new: Policy, bits: Mapping[str, int]) -> None:
        known = dict(bits)
        for name in (*old.purposes, *new.purposes):
            known.setdefault(name, 1 << max(16, *(bit.bit_length() for bit in known.values()), 0))
        self._old, self._new = old, new
        self._was, self._now = _rules(old, known), _rules(new, known)
        self._names = {bit: name for name, bit in known.items()}

    def of(self, name: str, purposes: int) -> Iterator[Outcome]:
        """What becomes of an event of this name that was lawful for these purposes."""
        was, now = _rule(self._was, name), _rule(self._now, name)
        lawful, unsure = self._lawful(was, now, purposes) if now else (0, 0)
        if now is None or not lawful:
            kind: Kind = "needs consent" if unsure else "refused"
            yield Outcome(kind, "")
            yield Outcome(kind, name)
            return
        if was is not None and self._stays_longer(was, now, lawful):
            yield Outcome("kept longer", now.category)
        for who, recipient in self._new.recipients.items():
            before, after = self._was.recipients.get(who), self._now.recipients[who]
            if _gets(after, now, lawful) and not (before and was and _gets(before, was, purposes)):
                yield Outcome("sent", recipient.name or who)
            known = set(before.fields_for(before.uses(purposes))) if before else set()
            if not known.issuperset(after.fields_for(after.uses(lawful))):
                yield Outcome("told", recipient.name or who)

    def _lawful(self, was: EventRule | None, now: EventRule, purposes: int) -> tuple[int, int]:
        """The purposes that are lawful now, and those that would be if the person agreed."""
        before = self._was.line(was.category if was else "", UNKNOWN)
        line = self._now.line(now.category, UNKNOWN)
        # Who is in the mask where consent was asked for has given it.
        kept = purposes & now.purposes & (line.always | line.asked & before.asked)
        # What was lawful for everybody and is not in the mask has been stopped by the person.
        stopped = (was.purposes if was else 0) & before.always & ~purposes & line.stoppable
        gained = now.purposes & line.always & ~stopped
        return kept | gained, now.purposes & line.asked & ~(kept | gained)

    def _stays_longer(self, was: EventRule, now: EventRule, lawful: int) -> bool:
        before = self._old.retention.get(was.category)
        after = self._new.retention.get(now.category)
        if before is None or after is None:
            return False
        return is_kept_longer(before, after, self._purposes(lawful))

    def _purposes(self, mask: int) -> list[str]:
        return [name for bit, name in self._names.items() if mask & bit]


def consequences(
    judge: Judge,
    parts: Sequence[Timeline],
    executor: Executor,
    start_ms: int,
    end_ms: int,
) -> list[Consequence]:
    """What the other policy would have done with the events in [start_ms, end_ms], by outcome."""
    alike = executor.map(lambda part: _alike(part, start_ms, end_ms), parts)
    pairs = sorted(set().union(*alike))
    found = {pair: tuple(judge.of(*pair)) for pair in pairs}
    outcomes = sorted({one for each in found.values() for one in each}, key=_order)
    lines = []
    for begin in range(0, len(outcomes), SERIES):
        some = outcomes[begin : begin + SERIES]
        bits = {
            pair: sum(1 << some.index(one) for one in each if one in some)
            for pair, each in found.items()
        }
        bout = _Bout(bits, len(some), start_ms, end_ms)
        counted = reduce(np.add, executor.map(bout.count, parts))
        for outcome, (events, people) in zip(some, counted.T.tolist(), strict=True):
            if events:
                lines.append(Consequence(outcome.kind, outcome.of, events, people))
    return lines


@dataclass(frozen=True, slots=True)
class _Bout:
    """One pass over the parts: which bits events have that came alike, and from when to when."""

    bits: dict[tuple[str, int], int]
    series: int
    start_ms: int
    end_ms: int

    def count(self, part: Timeline) -> NDArray[np.int64]:
        """Events and people of each bit: int64[2, series]."""
        codes = {name: code for code, name in enumerate(part.names)}
        known = {codes[name] << 16 | mask: own for (name, mask), own in self.bits.items()}
        keys = np.array(sorted(known), dtype=np.int64)
        held = np.array([known[key] for key in keys.tolist()], dtype=np.int64)
        # Rows out of the period are of no key; where they end up makes no difference.
        places = np.minimum(np.searchsorted(keys, _keys(part)), len(keys) - 1)
        everything = np.full(len(part.names), -1, dtype=np.int64)
        edges = np.array([self.start_ms, self.end_ms + 1], dtype=np.int64)
        counted = counts(
            *part.arrays,
            everything,
            held[places],
            self.series,
            np.zeros(0, dtype=np.int32),
            1,
            *grid(edges),
            self.start_ms,
            self.end_ms,
            EVERY_PURPOSE,
        )
        events_and_people: NDArray[np.int64] = counted[[0, 2]]
        return events_and_people


def _alike(part: Timeline, start_ms: int, end_ms: int) -> set[tuple[str, int]]:
    """Names and purposes of a part's rows in a period. Those of facts, and of rows that mean
    nothing, are judged with them, as if they were events, and not counted."""
    within = (part.ts >= start_ms) & (part.ts <= end_ms)
    keys = np.unique(_keys(part)[within]).tolist()
    named = [(key >> 16, key & EVERY_PURPOSE) for key in keys if key >> 16 < len(part.names)]
    return {(part.names[code], mask) for code, mask in named}


def _keys(part: Timeline) -> NDArray[np.int64]:
    """One number for the name and the purposes of each row: int64[m]."""
    keys: NDArray[np.int64] = part.event.astype(np.int64) << 16 | part.purposes
    return keys


_KINDS: tuple[Kind, ...] = ("refused", "needs consent", "kept longer", "sent", "told")


def _order(outcome: Outcome) -> tuple[int, str]:
    return _KINDS.index(outcome.kind), outcome.of


def _gets(recipient: RecipientRule, event: EventRule, lawful: int) -> bool:
    """Whether a recipient may be sent such an event."""
    return event.category in recipient.categories and bool(recipient.uses(lawful))


def _rule(rules: Rules, name: str) -> EventRule | None:
    return rules.events.get(name, rules.other_event)


def _rules(policy: Policy, bits: Mapping[str, int]) -> Rules:
    """The tables of a policy; values are not looked at here, so nothing needs to be reduced."""
    return rules_of(policy, bits, number=0, digest=str, country_of=str)
