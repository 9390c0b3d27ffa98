"""Source: the text of a policy as plain data that remembers where each of it stood.

YAML is read with care. Everything that would let one line mean something far away is refused
(anchors, merges, tags, duplicate keys), for each statement made from the policy links to the one
line that made it. A country stays `NO`, and a date stays what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

BYTES_MAX = 1 << 20
"""A policy is written by people; a megabyte is a hundred times the longest."""
DEPTH_MAX = 20

Path = tuple[str | int, ...]
"""Keys and places in lists, from the top: ("recipients", "sendgrid", "purposes", 0)."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column of the text, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the text as YAML, before anything is read from it."""

    place: Place
    what: str
    mend: str


@dataclass(slots=True)
class Source:
    """Plain data (dicts, lists, text, numbers, truths, None), the place of each key and of each
    value, and what is wrong with the text."""

    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def key(self, path: Path) -> Place:
        """Where the key of a path stands; of what is missing, the nearest that is there."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, Place())

    def value(self, path: Path) -> Place:
        """Where the value of a path stands; of what is missing, its nearest key."""
        return self.values[path] if path in self.values else self.key(path)


class _Loader(yaml.CSafeLoader):
    """YAML in which only `true` and `false` are truths, and only plain digits are numbers."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~\0"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), ["", *_first]
    )

_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}


def parse(text: str) -> Source:
    """Read the text; whatever is wrong with it is among the flaws."""
    source = Source()
    if len(text.encode(errors="replace")) > BYTES_MAX:
        source.flaws.append(Flaw(Place(), "The policy has over a megabyte.", "Split it."))
        return source
    try:
        source.flaws += _outlandish(text)
        node = None if source.flaws else yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        place = Place() if mark is None else Place(mark.line + 1, mark.column + 1)
        what = f"This is not YAML: {failure.problem or failure.context}."
        source.flaws.append(Flaw(place, what, "Mend the line, or the one above it."))
        return source
    except (yaml.reader.ReaderError, UnicodeError) as failure:
        reason = str(failure).split("\n")[0]
        flaw = Flaw(Place(), f"The text cannot be read: {reason}.", "Save the file as plain UTF-8.")
        source.flaws.append(flaw)
        return source
    if node is not None:
        source.data = _plain(node, (), source)
    return source


def _outlandish(text: str) -> Iterator[Flaw]:
    """What YAML can do and a policy does not."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        place = _place(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Flaw(place, "Anchors and aliases are not used here.", "Write the value itself.")
        if tag := getattr(event, "tag", None):
            what = f"Tags are not used here: {_written(tag)[:60]}."
            yield Flaw(place, what, "Write the value without a tag.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                yield Flaw(place, f"This is nested over {DEPTH_MAX} deep.", "Nothing is that deep.")
                return
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _written(tag: str) -> str:
    """A tag as it is usually written: `!!str`."""
    standard = "tag:yaml.org,2002:"
    return f"!!{tag.removeprefix(standard)}" if tag.startswith(standard) else tag


def _plain(node: yaml.Node, path: Path, source: Source) -> Any:
    source.values[path] = _place(node)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for number, item in enumerate(node.value):
            source.keys[*path, number] = _place(item)
            items.append(_plain(item, (*path, number), source))
        return items
    try:
        return _SCALARS[node.tag](node.value)
    except ValueError:
        # Python reads no number of over 4300 digits.
        what = f"“{node.value[:60]}…” is too long for a number."
        source.flaws.append(Flaw(_place(node), what, "Write fewer digits."))
        return None


def _mapping(node: yaml.MappingNode, path: Path, source: Source) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            what = "A key is a plain word here, and nothing is merged in."
            source.flaws.append(Flaw(_place(key), what, "Write each entry where it belongs."))
        elif key.value in entries:
            first = source.keys[*path, key.value].line
            what = f"“{key.value}” stands here a second time; the first is in line {first}."
            source.flaws.append(Flaw(_place(key), what, "Keep one of the two."))
        else:
            source.keys[*path, key.value] = _place(key)
            entries[key.value] = _plain(value, (*path, key.value), source)
    return entries


def _place(of: yaml.Node | yaml.Event) -> Place:
    mark = of.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)
