"""Pages: HTML that stands alone, in which everything said is escaped; one of them runs a script.

Only `tag` makes markup, and it escapes whatever is not markup already, so that text of a policy
stays text. Each statement carries a link to the line of the policy that made it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from html import escape
from importlib.resources import files

from sojourn.policy.compile import Compiled
from sojourn.policy.model import Policy
from sojourn.policy.source import Path
from sojourn.policy.wording import dated, named

STYLE = (files("sojourn.policy") / "page.css").read_text()
STYLE_HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
"""What a Content-Security-Policy says so that this style is applied, and no other."""

PUBLIC = {
    "privacy": "Privacy notice",
    "recipients": "Who receives data",
    "cookies": "Cookies",
    "preferences": "Your choices",
    "changes": "Changes",
    "policy": "The policy itself",
}
"""A project's public pages: their addresses beside each other, and how a link calls them."""

_EMPTY = frozenset(("br", "input", "meta"))


class Markup(str):
    """HTML: what stood in it as text has been escaped."""

    __slots__ = ()


def tag(name: str, *content: str, **attributes: str) -> Markup:
    """An element. Content that is no markup is escaped; `class_` is the attribute `class`."""
    own = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    if name in _EMPTY:
        return Markup(f"<{name}{own}>")
    return Markup(f"<{name}{own}>{join(*content)}</{name}>")


def join(*content: str) -> Markup:
    """Pieces one after the other; those that are no markup are escaped."""
    return Markup("".join(one if isinstance(one, Markup) else escape(one) for one in content))


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table that scrolls by itself where it is too wide; the first of a row is its heading."""
    above = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    body = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    whole = tag("table", tag("thead", above), tag("tbody", *body))
    return tag("div", whole, class_="scroll", role="region", tabindex="0", aria_label=caption)


def told(pairs: Iterable[tuple[str, str]]) -> Markup:
    """What is said under a heading, each with its word; pairs that say nothing are left out."""
    return tag("dl", *(piece for word, said in pairs if said for piece in _entry(word, said)))


def _entry(word: str, said: str) -> tuple[Markup, Markup]:
    return tag("dt", word), tag("dd", said)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading of its own; `anchor` is how an address names it."""

    anchor: str
    title: str
    content: Markup


@dataclass(frozen=True, slots=True)
class Sheet:
    """A compiled policy as a page is written from it, as of a day."""

    compiled: Compiled
    at: date

    @property
    def policy(self) -> Policy:
        """The typed tree."""
        return self.compiled.policy

    def number(self, *path: str | int) -> int:
        """The line of the policy where something is said, or where it would be."""
        return self.compiled.source.key(path).line

    def line(self, *path: str | int) -> Markup:
        """The link to the line of the policy that makes a statement."""
        number = self.number(*path)
        return tag("a", f"policy, line {number}", class_="line", href=f"policy#L{number}")

    def name(self, name: str, *path: str | int) -> Markup:
        """A name that is itself the link to where it is declared."""
        number = self.number(*path)
        there = f"policy, line {number}"
        return tag("a", named(name), class_="name", href=f"policy#L{number}", title=there)

    def says(self, said: str, *path: str | int) -> Markup:
        """Something said, with its link."""
        return join(said, " ", self.line(*path))

    def states(self, said: str, *path: str | int) -> Markup:
        """A paragraph that says one thing, with its link."""
        return tag("p", self.says(said, *path))

    def knows(self, path: Path) -> bool:
        """Whether something stands at this very place of the policy."""
        return path in self.compiled.source.keys


def page(
    sheet: Sheet,
    title: str,
    lead: str,
    sections: Sequence[Section],
    here: str,
    script: str = "",
) -> str:
    """A whole page; `here` is its own address among the public pages, `script` that of the script
    it runs."""
    organisation = sheet.policy.organisation.name or "An organisation that has not said its name"
    version = sheet.policy.version or "without a number"
    header = tag(
        "header",
        tag("p", organisation, class_="of"),
        tag("h1", title),
        tag("p", lead),
        tag("p", f"As of {dated(sheet.at)}, by version {version} of the policy. ",
            sheet.line("version"), class_="as-of"),
        _contents(sections),
    )  # fmt: skip
    main = [tag("section", tag("h2", one.title, id=one.anchor), one.content) for one in sections]
    body = tag("body", _draft(sheet), header, tag("main", *main), _footer(here))
    return f"<!doctype html>\n{tag('html', _head(title, organisation, script), body, lang='en')}\n"


def _head(title: str, organisation: str, script: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {organisation}"),
        # The style is ours, and a sheet of style is not written with entities.
        Markup(f"<style>{STYLE}</style>"),
        tag("script", src=script, defer="") if script else Markup(),
    )


def _draft(sheet: Sheet) -> Markup:
    if not sheet.policy.draft:
        return Markup()
    said = "This is a draft: only members see it. "
    return tag("p", said, sheet.line("draft"), class_="draft", role="note")


def _contents(sections: Sequence[Section]) -> Markup:
    if len(sections) < 4:
        return Markup()
    links = [tag("li", tag("a", one.title, href=f"#{one.anchor}")) for one in sections]
    return tag("nav", tag("ul", *links), aria_label="On this page")


def _footer(here: str) -> Markup:
    links = [
        tag("li", tag("a", title, href=path)) for path, title in PUBLIC.items() if path != here
    ]
    made = "Every statement here is made from the policy that also runs; its link leads there."
    return tag("footer", tag("p", made), tag("ul", *links))
