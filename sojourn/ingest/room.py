"""Room: a project has a bounded number of event and property names.

The pipeline bounds the names that its process saw; only where events are applied are those of all
processes known.
"""

from __future__ import annotations

from collections import Counter

from sojourn.drop_reason import DropReason
from sojourn.event import EVENT, Event
from sojourn.ingest.limits import EVENT_NAMES_MAX, PROPERTY_NAMES_MAX
from sojourn.ingest.project import Project
from sojourn.ingest.rows import TYPE_OF, properties_of
from sojourn.kept import Kept, Placed


def fitting(project: Project, kept: Kept) -> tuple[Kept, Counter[str]]:
    """The events whose names there is room for, together with all that were applied so far; and how
    many there was none for, by reason."""
    words = project.vocabulary
    names, properties = set(words.names), set(words.properties())
    refused: Counter[str] = Counter()
    if _all_fit(names, {name for name, _ in properties}, kept):
        return kept, refused
    fit: list[Placed] = []
    for order, event in kept.placed():
        new = properties_of(event) - properties
        happened = event.kind is EVENT
        if happened and event.name not in names and len(names) >= EVENT_NAMES_MAX:
            refused[DropReason.TOO_MANY_EVENT_NAMES] += 1
        elif new and len(properties) + len(new) > 2 * PROPERTY_NAMES_MAX:
            refused[DropReason.TOO_MANY_PROPERTY_NAMES] += 1
        else:
            if happened:
                names.add(event.name)
            properties.update(new)
            fit.append((order, event))
    return Kept([], fit), refused


def _all_fit(names: set[str], properties: set[str], kept: Kept) -> bool:
    """Whether there is room even if every event were to happen, and every property of theirs came
    with each type: almost always, and told for all of them in a fraction of the time."""
    others = [event for _, event in kept.others]
    named = names.union(*(lot.event for lot in kept.lots), [event.name for event in others])
    given = properties.union(*(lot.heading.clear for lot in kept.lots))
    given = given.union(*(event.properties for event in others))
    given = given.union(*(event.told for event in others if event.told))
    room = len(named) <= EVENT_NAMES_MAX
    return room and len(given) * len(set(TYPE_OF.values())) <= 2 * PROPERTY_NAMES_MAX


def is_known(project: Project, event: Event) -> bool:
    """Whether an event that was applied found room: then all of its names are known. Names never
    go, so those of an event for which there was no room can never all have become known."""
    words = project.vocabulary
    if event.kind is EVENT and event.name not in words.codes:
        return False
    return all(words.knows(*known) for known in properties_of(event))
