"""The courier: carries what waits in an outbox to the server, in the background.

    claim ─► POST /v1/batch ─┬─► 2xx               removed; what was refused of it is told
                             ├─► 408, 429, 5xx     released, as when nobody answers; again later
                             ├─► 400, 413, 422     halved, until the one that is wrong is found,
                             │                     which is removed and told
                             └─► any other         released and told; nothing more is sent, for
                                                   the key or the address is wrong

A pause doubles each time, with chance in it so that many clients do not come back at once, and is
never shorter than the server asks for (`Retry-After`, RFC 9110, section 10.2.3).
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from sojourn.errors import BadBody, NotRecognised, SojournError, Unavailable
from sojourn.outbox import Message, Outbox

BATCH_MESSAGES = 500
BATCH_BYTES = 512 * 1024
"""What Segment's servers take at a time, and proxies let through."""
TIMEOUT_S = 30.0
FIRST_PAUSE_S = 0.5
PAUSE_S_MAX = 60.0
ASKED_PAUSE_S_MAX = 3_600.0
"""A server that asks for a longer pause is asked again after this."""
LOOK_S = 1.0
"""How often to look for messages that another process left behind."""
AGAIN = (408, 429)
WRONG_CONTENT = (400, 413, 422)

Tell = Callable[[SojournError], None]


class Courier:
    """Sends what is in an outbox, in a thread of its own, to an `endpoint` with a write `key`. What
    goes wrong for good is given to `tell`; `chance` gives numbers from 0 to 1."""

    def __init__(
        self, outbox: Outbox, endpoint: str, key: str, tell: Tell, chance: Callable[[], float]
    ) -> None:
        self._outbox = outbox
        self._address = f"{endpoint.rstrip('/')}/v1/batch"
        self._key = key
        self._tell = tell
        self._chance = chance
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._failures = 0
        self.gave_up = False
        """Whether the server said that the key or the address is wrong."""

    def wake(self) -> None:
        """There is something to send. Starts the thread where it does not run."""
        self._wake.set()
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                    self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Send no more; wait so long for the request that is under way; whether it has ended."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        with httpx.Client(
            timeout=TIMEOUT_S, auth=(self._key, ""), follow_redirects=False
        ) as client:
            while not self._stop.is_set() and not self.gave_up:
                try:
                    pause_s = self._deliver(client)
                except Exception as failure:
                    # Such as a disk that refuses: what is in the outbox stays, and is tried again.
                    self._tell(_unforeseen(failure))
                    pause_s = PAUSE_S_MAX
                if pause_s:
                    self._stop.wait(pause_s)

    def _deliver(self, client: httpx.Client) -> float:
        """Send one batch, or wait until there is one; the seconds to pause before the next."""
        self._wake.clear()
        batch = self._outbox.claim(BATCH_MESSAGES, BATCH_BYTES)
        if not batch:
            self._wake.wait(LOOK_S)
            return 0.0
        try:
            return self._send(client, batch)
        except BaseException:
            self._outbox.release(batch)
            raise

    def _send(self, client: httpx.Client, batch: Sequence[Message]) -> float:
        # What is wrong is told first: who waits for the outbox hears it before the wait is over.
        try:
            answer = client.post(self._address, content=packed(batch), headers=HEADERS)
        except httpx.TransportError as failure:
            return self._later(batch, f"{type(failure).__name__}: {failure}", None)
        status = answer.status_code
        if status in AGAIN or status >= 500:
            asked = retry_after_s(answer.headers.get("retry-after", ""), datetime.now(UTC))
            return self._later(batch, f"The server answers {status}.", asked)
        self._failures = 0
        if answer.is_success:
            self._tell_refused(answer)
            self._outbox.remove(batch)
        elif status in WRONG_CONTENT and len(batch) > 1:
            middle = len(batch) // 2
            return max(self._send(client, batch[:middle]), self._send(client, batch[middle:]))
        elif status in WRONG_CONTENT:
            self._tell(_said_by(answer, BadBody, "The server cannot read a message"))
            self._outbox.remove(batch)
        else:
            self._outbox.release(batch)
            self._tell(_said_by(answer, NotRecognised, "The server takes nothing from this client"))
            self.gave_up = True
        return 0.0

    def _later(self, batch: Sequence[Message], why: str, asked_s: float | None) -> float:
        self._outbox.release(batch)
        pause_s = pause_after(self._failures, asked_s, self._chance())
        if not self._failures:
            mend = f"They wait in the outbox; the next try is in {pause_s:.1f} s."
            self._tell(Unavailable("Messages could not be delivered", detail=why, mend=mend))
        self._failures += 1
        return pause_s

    def _tell_refused(self, answer: httpx.Response) -> None:
        try:
            refused: list[dict[str, Any]] = answer.json().get("refused", [])
            reasons = [(str(one["reason"]), str(one.get("detail", ""))) for one in refused]
        except (ValueError, AttributeError, KeyError, TypeError):
            return  # Another server that speaks Segment's language says nothing of single messages.
        for reason, detail in reasons:
            self._tell(BadBody(f"The server did not keep an event: {reason}", detail=detail))


HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


def packed(batch: Sequence[Message]) -> bytes:
    """The body of a request: the batch as Segment's clients send it, and when it is sent, by which
    the server puts a wrong clock right (https://segment.com/docs/connections/sources/catalog/
    libraries/server/http-api/#batch)."""
    sent = datetime.now(UTC).isoformat(timespec="milliseconds")
    messages = b",".join(message.body for message in batch)
    return gzip.compress(b'{"batch":[' + messages + b'],"sentAt":"' + sent.encode() + b'"}', 6)


def pause_after(failures: int, asked_s: float | None, chance: float) -> float:
    """Seconds to wait after so many failures in a row: up to twice as long each time, from half of
    that on by chance, and never less than was asked for."""
    longest = min(PAUSE_S_MAX, FIRST_PAUSE_S * 2.0 ** min(failures, 20))
    pause_s = longest * (0.5 + chance / 2)
    return pause_s if asked_s is None else max(pause_s, min(asked_s, ASKED_PAUSE_S_MAX))


def retry_after_s(header: str, now: datetime) -> float | None:
    """The seconds that a server asks to be left alone: a number of them, or a date."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _said_by(answer: httpx.Response, kind: type[SojournError], title: str) -> SojournError:
    """What a server says is wrong, in its words where it has some."""
    try:
        told = answer.json()
        detail = " ".join(str(told[part]) for part in ("title", "detail", "mend") if told.get(part))
    except (ValueError, AttributeError, TypeError):
        detail = ""
    return kind(
        title,
        detail=f"It answers {answer.status_code}. {detail}".strip(),
        where=str(answer.request.url),
        mend="What was told stays in the outbox; start the client with the right key and address."
        if kind is NotRecognised
        else "It was taken out of the outbox.",
    )


def _unforeseen(failure: Exception) -> SojournError:
    return Unavailable(
        "The courier stumbled",
        detail=f"{type(failure).__name__}: {failure}",
        mend=f"It tries again in {PAUSE_S_MAX:.0f} s.",
    )
