"""The record of processing activities (GDPR 30): to read, as a table, as data, and as linked data.

For members only: it tells more of an organisation than the law has it tell everybody.
"""

from __future__ import annotations

import csv as tables
import io
from collections.abc import Iterator
from datetime import date

import msgspec

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.facts.countries import called
from sojourn.policy.facts.plain import BASES, CATEGORIES
from sojourn.policy.linked import linked
from sojourn.policy.page import Markup, Section, Sheet, join, page, told
from sojourn.policy.record import Activity, Given, Record, record_of
from sojourn.policy.sections.organisation import who
from sojourn.policy.source import Path
from sojourn.policy.wording import listed, named, of_them, plainly, region

COLUMNS = (
    "controller", "contact", "data protection officer", "representative", "purpose", "what is done",
    "legal basis", "subjects", "categories of data", "recipients", "third countries", "safeguards",
    "erasure", "security", "line of the policy",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def html(compiled: Compiled, at: date) -> str:
    """The record as a page, an activity after the other."""
    sheet, record = Sheet(compiled, at), record_of(compiled, at)
    sections = [who(sheet, whose="people's")]
    sections += [
        Section(f"activity-{number}", named(one.purpose), _read(sheet, one))
        for number, one in enumerate(record.activities, 1)
    ]
    lead = f"Everything that is done with personal data, by purpose (GDPR {record.article})."
    return page(sheet, "Record of processing activities", lead, sections, "record")


def _read(sheet: Sheet, one: Activity) -> Markup:
    path = ("purposes", one.purpose)
    kinds = "; ".join(
        f"{plainly(name)} ({listed(of_them(CATEGORIES.get(key, key)) for key in means)})"
        for name, means in one.categories.items()
    )
    ends = "; ".join(f"{plainly(name)}: {said}" for name, said in one.erasure.items())
    secured = "; ".join(f"{plainly(name)}: {said}" for name, said in one.measures.items())
    pairs = [
        ("What is done", sheet.says(one.does, *path, "use")),
        ("Legal basis", sheet.says(_basis(one), *path, "basis")),
        ("Whose data", sheet.says(_whose(one), *_whose_at(sheet, one))),
        ("Which data", sheet.says(kinds or "none", "categories", *list(one.categories)[:1])),
        ("Recipients", sheet.says(_named(one.recipients), "recipients")),
        ("Out of the EEA", sheet.says(_transfers(one.recipients), "recipients")),
        ("Erased", sheet.says(ends or "not said", "retention", *list(one.erasure)[:1])),
        ("Secured by", sheet.says(secured or "not said", "measures")),
    ]
    return join(told(pairs))


def _whose(one: Activity) -> str:
    if one.subjects:
        return listed(map(plainly, one.subjects))
    return "not said" if one.categories else "nobody's"


def _whose_at(sheet: Sheet, one: Activity) -> Path:
    """Where that stands: with the purpose, with one of its categories, or on top."""
    places: list[Path] = [("purposes", one.purpose, "subjects")]
    places += [("categories", name, "subjects") for name in one.categories]
    return next(filter(sheet.knows, places), ("subjects",))


def csv(compiled: Compiled, at: date) -> str:
    """A row for each activity, and of a processor for each controller; opens in a spreadsheet."""
    out = io.StringIO()
    writer = tables.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in _rows(record_of(compiled, at)))
    return out.getvalue()


def _rows(record: Record) -> Iterator[tuple[str, ...]]:
    whose = record.controllers if record.article == "30(2)" else (record.organisation,)
    for party in whose or (record.organisation,):
        for one in record.activities:
            yield (
                party.name or "",
                party.contact or "",
                record.organisation.data_protection_officer or "",
                record.organisation.representative or "",
                one.purpose,
                one.does,
                _basis(one),
                ", ".join(one.subjects),
                ", ".join(one.categories),
                _named(one.recipients),
                ", ".join(sorted({each.third_country for each in one.recipients
                                  if each.third_country})),
                _transfers(one.recipients),
                "; ".join(f"{name}: {said}" for name, said in one.erasure.items()),
                "; ".join(f"{name}: {said}" for name, said in one.measures.items()),
                str(one.line),
            )  # fmt: skip


def _cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _basis(one: Activity) -> str:
    if set(one.legal_basis) == {"default"}:
        told = _ground(one.legal_basis["default"])
    else:
        told = "; ".join(
            f"{_ground(basis)} ({region(where)})" for where, basis in one.legal_basis.items()
        )
    for category, basis in one.by_category.items():
        told = f"{told}; {_ground(basis)} for {plainly(category)}".removeprefix("; ")
    grounds = [ground for ground in (one.assessment, one.statute) if ground]
    return f"{told or 'not said'} ({', '.join(grounds)})" if grounds else told or "not said"


def _ground(basis: str) -> str:
    return of_them(BASES[basis][0])


def _named(given: tuple[Given, ...]) -> str:
    return ", ".join(
        f"{one.name} ({called(one.country) if one.country else 'country not said'})"
        for one in given
    ) or "nobody"  # fmt: skip


def _transfers(given: tuple[Given, ...]) -> str:
    return "; ".join(
        f"{one.name}, {called(one.third_country)}: {one.safeguard or 'nothing is said'}"
        for one in given
        if one.third_country
    ) or "none"  # fmt: skip


def json(compiled: Compiled, at: date) -> str:
    """The record as data."""
    return _indented(record_of(compiled, at))


def jsonld(compiled: Compiled, at: date) -> str:
    """The record in the terms of the Data Privacy Vocabulary."""
    return _indented(linked(record_of(compiled, at)))


def _indented(value: object) -> str:
    # The words of a policy (countries, days) are kinds of text that msgspec does not know.
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2).decode()


DOCUMENT = Document(
    "record",
    "Record of processing activities",
    "record",
    {"html": html, "csv": csv, "json": json, "jsonld": jsonld},
)
