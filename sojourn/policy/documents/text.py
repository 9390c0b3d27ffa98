"""The policy itself as a page: its text as it was written, each line with an address (`#L31`)."""

from __future__ import annotations

from datetime import date

from sojourn.policy.compile import Compiled
from sojourn.policy.document import Document
from sojourn.policy.page import Section, Sheet, page, tag


def html(compiled: Compiled, at: date) -> str:
    """The text, line by line."""
    lines = [
        tag("li", tag("a", str(number), href=f"#L{number}"), line or " ", id=f"L{number}")
        for number, line in enumerate(compiled.text.splitlines(), 1)
    ]
    text = tag("div", tag("ol", *lines), class_="text", role="region", tabindex="0",
               aria_label="The policy, line by line")  # fmt: skip
    lead = "What runs, word for word: every other page is made from it."
    sections = [Section("text", "Its text", text)]
    return page(Sheet(compiled, at), "The policy itself", lead, sections, "policy")


DOCUMENT = Document("text", "The policy itself", "policy", {"html": html})
