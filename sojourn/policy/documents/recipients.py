"""The recipients: everybody who is given data, and everybody who was (GDPR 13(1)(e), 15(1)(c))."""

from __future__ import annotations

from datetime import date

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.page import Section, Sheet, join, page, tag
from sojourn.policy.sections.sharing import each, transfers


def html(compiled: Compiled, at: date, *more: Section) -> str:
    """All of them as a page, those of today first, and `more` at the end."""
    sheet = Sheet(compiled, at)
    sections = [_section(sheet, "today", "Who receives data today", over=False)]
    if any(True for _ in each(sheet, over=True)):
        sections.append(_section(sheet, "former", "Who received data before", over=True))
    sections += [transfers(sheet), *more]
    lead = "Everybody outside who is given data, by name: which data, what for, and where."
    return page(sheet, "Who receives data", lead, sections, "recipients")


def _section(sheet: Sheet, anchor: str, title: str, *, over: bool) -> Section:
    parts = [piece for name, said in each(sheet, over=over) for piece in (tag("h3", name), said)]
    nobody = sheet.states("Nobody outside is given data.", "recipients")
    return Section(anchor, title, join(*parts) if parts else nobody)


DOCUMENT = Document("recipients", "Who receives data", "recipients", {"html": html})
