"""The privacy notice: everything that GDPR 13 and 14 ask to be told, in plain words."""

from __future__ import annotations

from datetime import date

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.page import Sheet, page
from sojourn.policy.sections import browser, care, data, organisation, reasons, rights, sharing

SECTIONS = (
    organisation.who,
    data.data,
    reasons.reasons,
    data.origins,
    sharing.sharing,
    sharing.transfers,
    data.durations,
    rights.rights,
    browser.cookies,
    browser.signals,
    care.age,
    care.security,
    organisation.complaints,
    care.changes,
)
"""In the order in which they are read."""


def html(compiled: Compiled, at: date) -> str:
    """The notice as a page."""
    sheet = Sheet(compiled, at)
    lead = "What is done with data about you, why it may be done, and what you can do about it."
    return page(sheet, "Privacy notice", lead, [one(sheet) for one in SECTIONS], "privacy")


DOCUMENT = Document("notice", "Privacy notice", "privacy", {"html": html})
