"""Failures, each saying what failed, where, and what the reader can do now.

    SojournError
      BadQuestion       the definition of a report cannot be answered            422
      BadBody           a request that cannot be read at all                     400
      TooLarge          a body, batch or list over its limit                     413
      NotRecognised     a key, cookie or login link that opens nothing           401
      NotAllowed        a key that opens something else                          403
      NotFound          a project, person or report that does not exist          404
      Unavailable       the disk refuses, or the server is not ready: try again  503
      TooBusy           one sender, or all together, send more than is taken: try again  429
      TooSlow           a request that does not arrive in time                   408
      Interrupted       a question that took too long, or that nobody wants any more  408
      Damaged           stored data that cannot be trusted                       500

A refusal of one event is not a failure: it is a `Dropped` value, see `drop_reason.py`.
"""

from __future__ import annotations


class SojournError(Exception):
    """What failed (`title`, `detail`), where (`where`), and what now (`mend`)."""

    status = 500

    def __init__(self, title: str, *, detail: str = "", where: str = "", mend: str = "") -> None:
        self.title = title
        self.detail = detail
        self.where = where
        self.mend = mend
        super().__init__(title)

    def __str__(self) -> str:
        place = f" at {self.where}" if self.where else ""
        return " ".join(part for part in (f"{self.title}{place}.", self.detail, self.mend) if part)


class BadQuestion(SojournError):
    """The definition of a report cannot be answered as it stands."""

    status = 422


class BadBody(SojournError):
    """The request cannot be read at all."""

    status = 400


class TooLarge(SojournError):
    """A body, batch or list is over its limit."""

    status = 413


class NotRecognised(SojournError):
    """The key, cookie or login link is missing or opens nothing."""

    status = 401


class NotAllowed(SojournError):
    """The key is good, but not for this door."""

    status = 403


class NotFound(SojournError):
    """The project, person or report does not exist."""

    status = 404


class Unavailable(SojournError):
    """Nothing can be accepted or answered just now; trying again will help."""

    status = 503

    def __init__(
        self,
        title: str,
        *,
        detail: str = "",
        where: str = "",
        mend: str = "",
        retry_after_s: int = 5,
    ) -> None:
        super().__init__(title, detail=detail, where=where, mend=mend)
        self.retry_after_s = retry_after_s


class TooBusy(Unavailable):
    """More is being sent than can be taken; the sender should slow down."""

    status = 429


class TooSlow(SojournError):
    """The request did not arrive in the time that it may take."""

    status = 408


class Interrupted(SojournError):
    """A question took longer than it may, or was cancelled; nothing else was harmed."""

    status = 408


class Damaged(SojournError):
    """Stored data does not read as what was written."""
