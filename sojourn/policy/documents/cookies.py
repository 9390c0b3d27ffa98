"""The cookie list: what is kept in the browser, what for, how long, and when it is asked for
(clause S1-19).
"""

from __future__ import annotations

from datetime import date

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.page import Section, Sheet, join, page
from sojourn.policy.sections.browser import asking, cookie_table, cookieless, signals


def html(compiled: Compiled, at: date) -> str:
    """The list as a page."""
    sheet = Sheet(compiled, at)
    sections = [
        Section("list", "What is kept in your browser", cookie_table(sheet)),
        Section("asking", "How you are asked", join(asking(sheet), cookieless(sheet))),
        signals(sheet),
    ]
    lead = "What this service keeps in your browser, and what for."
    return page(sheet, "Cookies", lead, sections, "cookies")


DOCUMENT = Document("cookies", "Cookies", "cookies", {"html": html})
