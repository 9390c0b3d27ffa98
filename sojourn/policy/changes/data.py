"""Data: which kinds there are, what each is for, what is taken from a value, what is kept out."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.change import Change, gained, listed, minor, purposes_of, subjects, wider
from sojourn.policy.facts.fideslang import within
from sojourn.policy.model import Category, Happening, Policy, Property
from sojourn.policy.stricter import leaves_more

KIND = ("S1-11", "GDPR 13(3)")
USE = ("S1-13", "GDPR 5(1)(b)")
LESS = ("GDPR 5(1)(c)",)


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """Subjects, categories, the catalogue, and what is not in it."""
    for name in gained(old.subjects, new.subjects):
        yield wider("subjects", f"Data are about “{name}”, too.", KIND)
    for name in gained(new.subjects, old.subjects):
        yield minor("subjects", f"Data are about “{name}” no more.", KIND)
    yield from _categories(old, new)
    yield from _catalogue(old, new)
    yield from _undeclared(old, new)
    yield from _sources(old, new)


def _categories(old: Policy, new: Policy) -> Iterator[Change]:
    for name, category in new.categories.items():
        if name not in old.categories:
            what = f"“{name}” is collected, which is new."
            yield wider(f"categories.{name}", what, KIND, purposes_of(new, name))
        else:
            yield from _category(name, old.categories[name], category, purposes_of(new, name))
    for name in gained(new.categories, old.categories):
        yield minor(f"categories.{name}", f"“{name}” is collected no more.", KIND)


def _category(
    name: str, old: Category, new: Category, purposes: tuple[str, ...]
) -> Iterator[Change]:
    path = f"categories.{name}"
    yield from _used_for(path, name, old.purposes, new.purposes)
    if kinds := [kind for kind in new.means if not within(kind, old.means)]:
        yield wider(f"{path}.means", f"“{name}” is {listed(kinds)} as well.", KIND, purposes)
    if kinds := [kind for kind in old.means if not within(kind, new.means)]:
        yield minor(f"{path}.means", f"“{name}” is {listed(kinds)} no more.", KIND)
    yield from subjects(path, f"“{name}” is about", old.subjects, new.subjects, KIND, purposes)
    for key, loses in (("identifying", "sealed"), ("contains_personal_data", "protected")):
        before, now = getattr(old, key), getattr(new, key)
        if before and not now:
            yield wider(f"{path}.{key}", f"“{name}” is {loses} no more.", ("S1-26",), purposes)
        elif now and not before:
            yield minor(f"{path}.{key}", f"“{name}” is {loses} from now on.", ("S1-26",))
    if measures := gained(new.measures, old.measures):
        what = f"“{name}” is no longer under {listed(measures)}."
        yield minor(f"{path}.measures", what, ("S1-26", "GDPR 32"))


def _catalogue(old: Policy, new: Policy) -> Iterator[Change]:
    before = {(section, name): own for section, name, own in meaning.collected(old)}
    now = {(section, name): own for section, name, own in meaning.collected(new)}
    for (section, name), own in now.items():
        path = f"{section}.{name}"
        if (section, name) not in before:
            yield from _named(path, name, own, old, new)
            continue
        was = before[section, name]
        yield from _used_for(path, name, _purposes(old, was), _purposes(new, own))
        yield from _moved(path, name, was, own, new)
        if isinstance(was, Property) and isinstance(own, Property):
            yield from _reduced(path, name, was, own, _purposes(new, own))
        elif isinstance(was, Happening) and isinstance(own, Happening):
            yield from _carried(path, name, was, own)
    for section, name in gained(now, before):
        yield _unnamed(section, name, before[section, name], old, new)


def _unnamed(
    section: str, name: str, was: Property | Happening, old: Policy, new: Policy
) -> Change:
    """What leaves the catalogue is undeclared from then on."""
    path, undeclared = f"{section}.{name}", new.undeclared
    if getattr(undeclared, section) != "accept":
        return minor(path, f"“{name}” is collected no more.", USE)
    reduced = isinstance(was, Property) and was.reduce is not None
    purposes = purposes_of(new, undeclared.as_)
    more = gained(_purposes(old, was), purposes)
    what = f"“{name}” is not in the catalogue any more, and taken in as “{undeclared.as_}”."
    if more or reduced or was.category != undeclared.as_:
        return wider(path, what, USE, purposes)
    return minor(path, what, USE)


def _named(
    path: str, name: str, own: Property | Happening, old: Policy, new: Policy
) -> Iterator[Change]:
    """What is new in the catalogue widens only if its category was not collected for this."""
    known = purposes_of(old, own.category)
    purposes = _purposes(new, own)
    if own.category not in old.categories:
        yield minor(path, f"“{name}” is in the catalogue.", USE)
    elif more := gained(known, purposes):
        what = f"“{name}” is collected for {listed(more)}, which “{own.category}” was not."
        yield wider(path, what, USE, more)
    else:
        yield minor(path, f"“{name}” is in the catalogue, as “{own.category}”.", USE)


def _moved(
    path: str, name: str, was: Property | Happening, own: Property | Happening, policy: Policy
) -> Iterator[Change]:
    """Another category has other protection, another end, and other recipients."""
    if was.category != own.category:
        what = f"“{name}” is “{own.category}”; before it was “{was.category}”."
        yield wider(f"{path}.category", what, KIND, _purposes(policy, own))


def _reduced(
    path: str, name: str, was: Property, own: Property, purposes: tuple[str, ...]
) -> Iterator[Change]:
    if leaves_more(was.reduce, own.reduce):
        what = f"More is left of “{name}” than before."
        yield wider(f"{path}.reduce", what, LESS, purposes)
    elif was.reduce != own.reduce:
        yield minor(f"{path}.reduce", f"Less is left of “{name}” than before.", LESS)
    if was.source != own.source:
        origin = f"comes from “{own.source}”" if own.source else "comes from the person"
        change = wider if own.source else minor
        yield change(f"{path}.source", f"“{name}” {origin}.", ("S1-10", "GDPR 14(2)(f)"))


def _carried(path: str, name: str, was: Happening, own: Happening) -> Iterator[Change]:
    # An event that lists no property may have any that is declared.
    opened = bool(was.properties) and not own.properties
    more = ["any property"] if opened else gained(was.properties, own.properties)
    if was.properties and more:
        what = f"“{name}” may come with {listed(more)} as well."
        yield minor(f"{path}.properties", what, LESS)
    elif set(was.properties) != set(own.properties):
        what = f"“{name}” may come with {listed(own.properties)} only."
        yield minor(f"{path}.properties", what, LESS)


def _undeclared(old: Policy, new: Policy) -> Iterator[Change]:
    was, own = old.undeclared, new.undeclared
    purposes = purposes_of(new, own.as_)
    for kind in ("events", "properties"):
        before, now = getattr(was, kind) == "accept", getattr(own, kind) == "accept"
        if now and not before:
            what = f"Undeclared {kind} are taken in as “{own.as_}”."
            yield wider(f"undeclared.{kind}", what, USE, purposes)
        elif before and not now:
            yield minor(f"undeclared.{kind}", f"Undeclared {kind} are kept out.", USE)
    accepts = "accept" in (own.events, own.properties)
    if accepts and was.as_ is not None and was.as_ != own.as_:
        what = f"What is undeclared is “{own.as_}”; before it was “{was.as_}”."
        yield wider("undeclared.as", what, USE, purposes)
    if missed := gained(own.scan, was.scan):
        what = f"{listed(missed)} is no longer looked for in values."
        yield wider("undeclared.scan", what, LESS, purposes)
    if found := gained(was.scan, own.scan):
        yield minor("undeclared.scan", f"{listed(found)} is taken out of values.", LESS)


def _sources(old: Policy, new: Policy) -> Iterator[Change]:
    clauses = ("S1-10", "S2-15", "GDPR 14")
    for name, source in new.sources.items():
        before = old.sources.get(name)
        given = gained(before.gives if before else (), source.gives)
        if before is None:
            what = f"Data come from “{name}”, which is new."
            yield wider(f"sources.{name}", what, clauses)
        elif given:
            yield wider(f"sources.{name}.gives", f"“{name}” gives {listed(given)}.", clauses)
        elif before.gives != source.gives:
            what = f"“{name}” gives {listed(source.gives)} only."
            yield minor(f"sources.{name}.gives", what, clauses)
    for name in gained(new.sources, old.sources):
        yield minor(f"sources.{name}", f"Nothing comes from “{name}” any more.", clauses)


def _used_for(path: str, name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    if more := gained(old, new):
        yield wider(f"{path}.purposes", f"“{name}” is used for {listed(more)}.", USE, more)
    if less := gained(new, old):
        what = f"“{name}” is used for {listed(less)} no more."
        yield minor(f"{path}.purposes", what, USE)


def _purposes(policy: Policy, own: Property | Happening) -> tuple[str, ...]:
    return meaning.purposes_of(policy, own) if isinstance(own, Property) else own.purposes


COMPARE = compare
