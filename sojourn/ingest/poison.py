"""Poison: an event on which our own code fails, though it should not.

Such an event must hold up neither those beside it nor those behind it. In the pipeline it is
dropped for the reason `poison`; in the applier it is found by halving what failed, and set aside
(see `aside.py`). A failure of the disk, of a database or of memory is no event's fault.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.health import said

log = logging.getLogger("sojourn")


def is_poison(failure: Exception) -> bool:
    """Whether it fails for what an event holds, and not for what is around it."""
    if isinstance(failure, DBAPIError):
        theirs = isinstance(failure, DataError | IntegrityError | ProgrammingError)
        return theirs and not failure.connection_invalidated
    return not isinstance(failure, OSError | MemoryError | SojournError)


def dropped(failure: Exception) -> Dropped:
    """What becomes of an event on which a step of the pipeline failed. Memory that is out and the
    like are raised on, so that the sender comes back."""
    if not is_poison(failure):
        raise failure
    _log_once(said(failure))
    return Dropped(DropReason.POISON, f"A mistake of ours ({said(failure)}); please report it.")


def poisonous(places: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """Those of the places that fail by themselves: what fails is halved, down to one."""
    if not places or not fails(places):
        return []
    if len(places) == 1:
        return list(places)
    middle = len(places) // 2
    return poisonous(places[:middle], fails) + poisonous(places[middle:], fails)


@lru_cache(maxsize=1_000)
def _log_once(what: str) -> None:
    log.error("An event is poison to a step of the pipeline: %s", what)
