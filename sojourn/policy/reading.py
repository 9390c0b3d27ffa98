"""Reading: from plain data to the typed tree, and every mistake on the way.

Each mistake is told with its path, and what has one is left out of the tree, so that one run tells
all of them. Names that refer to something declared are noted, with other names for it resolved.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from sojourn.policy.model import Policy
from sojourn.policy.source import Path
from sojourn.policy.words import READ


@dataclass(frozen=True, slots=True)
class Misread:
    """Something that cannot be what stands there; `unknown` when nothing is called like it."""

    path: Path
    what: str
    mend: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A name at `path` that refers to an entry of `section`."""

    path: Path
    section: str
    name: str


@dataclass(slots=True)
class Reading:
    """The tree, what was misread, and each name that refers to another entry."""

    policy: Policy = field(default_factory=Policy)
    misread: list[Misread] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


def read(data: Any) -> Reading:
    """Read plain data as a policy."""
    reading = Reading()
    if not isinstance(data, dict):
        told = "empty" if data is None else "no set of entries"
        mend = "Begin with `sojourn: 1`, and see docs/reference/policy.md."
        reading.misread.append(Misread((), f"The policy is {told}.", mend))
        return reading
    other_names = {"categories": dict(_other_names(data.get("categories")))}
    found = _Reader(reading, other_names).read(Policy, data, ())
    if isinstance(found, Policy):
        reading.policy = found
    return reading


def is_blank(value: Any) -> bool:
    """Whether a value is text in which nothing stands; it says nothing."""
    return isinstance(value, str) and not value.strip()


def closest(name: str, known: Iterator[str] | list[str]) -> str:
    """“ Did you mean …?” when something known is close to a name; otherwise nothing."""
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean “{near[0]}”?" if near else ""


def _other_names(categories: Any) -> Iterator[tuple[str, str]]:
    """What `also` says of each category: other name, name."""
    for name, category in categories.items() if isinstance(categories, dict) else ():
        also = category.get("also") if isinstance(category, dict) else None
        for other in also if isinstance(also, list) else ():
            if isinstance(other, str) and other not in categories:
                yield other, name


_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


class _Nothing:
    """What is read from something that cannot be read."""


_NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class _Reader:
    reading: Reading
    other_names: dict[str, dict[str, str]]

    def read(self, wanted: Any, value: Any, path: Path) -> Any:
        """A value of a type, or `_NOTHING` when it is not one; every part of it is looked at."""
        origin = get_origin(wanted)
        if origin is Annotated:
            return self._reference(wanted, value, path)
        if origin in (Union, types.UnionType):
            return self._either(get_args(wanted), value, path)
        if origin is dict:
            return self._entries(get_args(wanted), value, path)
        if origin is tuple:
            return self._items(get_args(wanted)[0], value, path)
        if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            return self._struct(wanted, value, path)
        return self._leaf(wanted, value, path)

    def _struct(self, wanted: type[msgspec.Struct], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._misread(
                path,
                f"“{_shown(value)}” cannot stand here.",
                "Here stand entries, each `key: value`.",
            )
        types_of = _fields(wanted)
        given = {}
        for key, own in value.items():
            if key not in types_of:
                mend = closest(key, list(types_of)) or f"There are {', '.join(types_of)}."
                self.reading.misread.append(
                    Misread((*path, key), f"Nothing is called “{key[:60]}” here.", mend, True)
                )
                continue
            name, type_of = types_of[key]
            # An empty entry says nothing, as if it were not there.
            silent = own is None or is_blank(own)
            found = _NOTHING if silent else self.read(type_of, own, (*path, key))
            if found is not _NOTHING:
                given[name] = found
        return wanted(**given)

    def _entries(self, wanted: tuple[Any, ...], value: Any, path: Path) -> Any:
        if not isinstance(value, dict):
            return self._misread(
                path, f"“{_shown(value)}” cannot stand here.", "Here stand entries, each `name: …`."
            )
        key_type, value_type = wanted
        entries = {}
        for key, own in value.items():
            if get_origin(key_type) is Annotated:
                name = self._reference(key_type, key, (*path, key))
            else:
                name = key
            empty = {} if own is None and _is_struct(value_type) else own
            found = self.read(value_type, empty, (*path, key))
            if found is not _NOTHING:
                entries[name] = found
        return entries

    def _items(self, wanted: Any, value: Any, path: Path) -> Any:
        if not isinstance(value, list):
            return self._misread(
                path, f"“{_shown(value)}” cannot stand here.", "Here stands a list: [one, two]."
            )
        found = [self.read(wanted, own, (*path, number)) for number, own in enumerate(value)]
        return tuple(one for one in found if one is not _NOTHING)

    def _either(self, options: tuple[Any, ...], value: Any, path: Path) -> Any:
        """The option that has the shape of the value; the first, when none has."""
        options = tuple(option for option in options if option is not type(None))
        fitting = [option for option in options if _shape(option) is _shape_of(value)]
        return self.read((fitting or list(options))[0], value, path)

    def _reference(self, wanted: Any, value: Any, path: Path) -> Any:
        (section,) = (meta.extra["refers_to"] for meta in wanted.__metadata__)
        name = self._leaf(str, value, path)
        if name is not _NOTHING:
            name = self.other_names.get(section, {}).get(name, name)
            self.reading.references.append(Reference(path, section, name))
        return name

    def _leaf(self, wanted: Any, value: Any, path: Path) -> Any:
        if get_origin(wanted) is Literal:
            words = get_args(wanted)
            if value in words:
                return value
            mend = closest(str(value), list(words)) or f"Say one of {', '.join(words)}."
            return self._misread(path, f"“{_shown(value)}” is not one of the words here.", mend)
        if wanted in READ:
            try:
                return READ[wanted](str(value))
            except ValueError as failure:
                told = str(failure)
                return self._misread(path, f"“{_shown(value)}” cannot be read.", f"Here {told}.")
        if wanted is str and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        try:
            return msgspec.convert(value, wanted)
        except msgspec.ValidationError:
            mend = f"Here stands {_KINDS[wanted]}."
            return self._misread(path, f"“{_shown(value)}” cannot stand here.", mend)

    def _misread(self, path: Path, what: str, mend: str) -> _Nothing:
        self.reading.misread.append(Misread(path, what, mend))
        return _NOTHING


@cache
def _fields(wanted: type[msgspec.Struct]) -> dict[str, tuple[str, Any]]:
    """The keys of a part of the tree as they are written: the field's name, and its type."""
    hints = get_type_hints(wanted, include_extras=True)
    return {own.encode_name: (own.name, hints[own.name]) for own in msgspec.structs.fields(wanted)}


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _shape(wanted: Any) -> type:
    """Whether entries, a list or a single value is wanted."""
    if get_origin(wanted) is dict or _is_struct(wanted):
        return dict
    return list if get_origin(wanted) is tuple else str


def _shape_of(value: Any) -> type:
    return dict if isinstance(value, dict) else list if isinstance(value, list) else str


def _shown(value: Any) -> str:
    return str(value)[:60]
