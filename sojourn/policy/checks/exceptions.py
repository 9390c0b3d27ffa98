"""Exceptions: what is kept although its erasure was asked for, by which article, until when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

NO_ARTICLE = Code("P640", "error", "an exception names no article", ("S1-39", "GDPR 17(3)"))
NO_END = Code("P641", "note", "an exception has no end", ("S1-39",))
NO_SCOPE = Code("P642", "error", "an exception has no scope", ("S1-39", "GDPR 17(3)"))
OVER = Code("P643", "note", "an exception is over", ("S1-39",))

_ARTICLE = re.compile(r"(GDPR )?17\(3\)\([a-e]\)")


def find(context: Context) -> Iterator[Finding]:
    """Each exception by itself."""
    for number, exception in enumerate(context.policy.exceptions):
        path = ("exceptions", number)
        article = exception.article
        if not context.says((*path, "article")):
            what = "Nothing says why this may be kept when its erasure is asked for."
            mend = "Say `article:`, one of 17(3)(a) to 17(3)(e)."
            yield context.finding(NO_ARTICLE, path, what, mend)
        elif article is not None and not _ARTICLE.fullmatch(article):
            what = f"“{article[:60]}” is no exception from erasure."
            mend = "Say one of 17(3)(a) to 17(3)(e)."
            yield context.finding(NO_ARTICLE, (*path, "article"), what, mend, value=True)
        if not context.says((*path, "categories")):
            what = "Nothing says which data are kept, so it would be all of them."
            yield context.finding(NO_SCOPE, path, what, "Say `categories:`.")
        if not context.says((*path, "until")):
            what = "Nothing says until when this is kept."
            mend = "Say `until:`, and look again on that day."
            yield context.finding(NO_END, path, what, mend)
        elif exception.until is not None and exception.until.day < context.at:
            what = f"This ended on {exception.until}, and holds nothing back any more."
            mend = "Take it out, or say a new day."
            yield context.finding(OVER, (*path, "until"), what, mend, value=True)


CHECK = Check((NO_ARTICLE, NO_END, NO_SCOPE, OVER), find)
