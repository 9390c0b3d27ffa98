"""The client: tells a Sojourn server what happened, from any Python program.

    from sojourn import Client

    client = Client("wk_…", "https://journeys.example.com", queue="/var/lib/shop/outbox")
    client.track("Order Completed", user_id="42", properties={"total": 37.5})

A call returns once the message is on disk, and never waits for the network: the outbox keeps it, a
courier delivers it in the background, whatever becomes of this process. Its id is made here, so
that it is stored once however often it is sent. Nothing is raised into the caller's code: what goes
wrong is logged and told to `on_problem`; `strict` raises what the call itself finds wrong.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import random
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sojourn.courier import Courier
from sojourn.errors import BadBody, SojournError, Unavailable
from sojourn.outbox import Outbox

MESSAGES_MAX = 100_000
BYTES_MAX = 256 * 1024 * 1024
MESSAGE_BYTES_MAX = 256 * 1024
"""The server keeps events up to 32 KiB, and lets larger ones wait up to this."""
EXIT_S = 5.0
"""How long the end of a program waits for the server; the rest is sent by the next one."""
LIBRARY = {"library": {"name": "sojourn-python"}}

log = logging.getLogger("sojourn.client")

Properties = Mapping[str, Any]


class Client:
    """Tells a server what happened, under a write `key`, by way of an outbox on disk at `queue`, a
    file or a folder, which several processes of one program may share.

    The outbox has room for `messages_max` messages and `bytes_max` bytes; when it is full, or the
    disk refuses, a call returns False and what it was given is not kept. `on_problem` is called
    with whatever goes wrong, from any thread. Safe to use from several threads and after a fork.
    """

    def __init__(
        self,
        key: str,
        endpoint: str,
        queue: Path | str,
        *,
        messages_max: int = MESSAGES_MAX,
        bytes_max: int = BYTES_MAX,
        strict: bool = False,
        on_problem: Callable[[SojournError], None] | None = None,
        exit_s: float = EXIT_S,
    ) -> None:
        self._strict = strict
        self._on_problem = on_problem
        self._exit_s = exit_s
        self._outbox = Outbox(queue, messages_max=messages_max, bytes_max=bytes_max)
        self._key, self._endpoint = key, endpoint
        self._courier = self._make_courier()
        self._closed = False
        _clients.add(self)
        atexit.register(_close, weakref.ref(self))
        if self.waiting():
            # What an earlier process could not deliver.
            self._courier.wake()

    def track(
        self,
        event: str,
        properties: Properties | None = None,
        *,
        user_id: str | int | None = None,
        anonymous_id: str | None = None,
        timestamp: datetime | None = None,
        context: Properties | None = None,
        message_id: str | None = None,
    ) -> bool:
        """Something happened, at `timestamp` or now; whether it is kept. `context` says what
        Segment's does, such as `ip`, `userAgent` or `consent` of the person. The same `message_id`
        is stored once: give one where a job may run twice."""
        told = {"event": event, "properties": dict(properties or {})}
        who = _named(user_id, anonymous_id)
        return self._tell("track", {**told, **who}, timestamp, context, message_id)

    def page(
        self,
        name: str = "",
        properties: Properties | None = None,
        *,
        user_id: str | int | None = None,
        anonymous_id: str | None = None,
        timestamp: datetime | None = None,
        context: Properties | None = None,
        message_id: str | None = None,
    ) -> bool:
        """A page was seen: the event “Page Viewed”; whether it is kept."""
        told = {"name": name, "properties": dict(properties or {})}
        who = _named(user_id, anonymous_id)
        return self._tell("page", {**told, **who}, timestamp, context, message_id)

    def identify(
        self,
        user_id: str | int | None = None,
        traits: Properties | None = None,
        *,
        anonymous_id: str | None = None,
        timestamp: datetime | None = None,
        context: Properties | None = None,
        message_id: str | None = None,
    ) -> bool:
        """What is known of a person; whether it is kept."""
        told = {"traits": dict(traits or {}), **_named(user_id, anonymous_id)}
        return self._tell("identify", told, timestamp, context, message_id)

    def group(
        self,
        group_id: str | int,
        traits: Properties | None = None,
        *,
        user_id: str | int | None = None,
        anonymous_id: str | None = None,
        timestamp: datetime | None = None,
        context: Properties | None = None,
        message_id: str | None = None,
    ) -> bool:
        """The organisation that a person belongs to; whether it is kept."""
        told = {"groupId": group_id, "traits": dict(traits or {})}
        who = _named(user_id, anonymous_id)
        return self._tell("group", {**told, **who}, timestamp, context, message_id)

    def alias(
        self,
        previous_id: str | int,
        user_id: str | int,
        *,
        timestamp: datetime | None = None,
        message_id: str | None = None,
    ) -> bool:
        """Two ids name one person; whether it is kept."""
        told = {"previousId": previous_id, "userId": user_id}
        return self._tell("alias", told, timestamp, None, message_id)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until the server has what was told so far, by whichever process; whether it has."""
        end = time.monotonic() + timeout_s
        try:
            through = self._outbox.last()
            self._courier.wake()
            while self._outbox.holds(through):
                if time.monotonic() > end or self._courier.gave_up:
                    return False
                time.sleep(0.01)
        except Exception as failure:
            self._problem(_as_problem(failure))
            return False
        return True

    def waiting(self) -> int:
        """How many messages the server does not have yet, as far as the disk tells."""
        try:
            return self._outbox.count()
        except Exception as failure:
            self._problem(_as_problem(failure))
            return 0

    def close(self, timeout_s: float | None = None) -> bool:
        """Deliver what can be delivered in this time, `exit_s` unless told, and stop; whether all
        was. The rest stays in the outbox, for the next process."""
        if self._closed:
            return True
        self._closed = True
        given_s = self._exit_s if timeout_s is None else timeout_s
        end = time.monotonic() + given_s
        delivered = self.flush(given_s)
        if self._courier.stop(max(0.1, end - time.monotonic())):
            self._outbox.close()
        _clients.discard(self)
        return delivered

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(
        self,
        kind: str,
        told: dict[str, Any],
        timestamp: datetime | None,
        context: Properties | None,
        message_id: str | None,
    ) -> bool:
        try:
            message = {
                "type": kind,
                **told,
                "timestamp": _instant(timestamp),
                "messageId": message_id or str(uuid.uuid4()),
                "context": {**LIBRARY, **(context or {})},
            }
            self._outbox.put(_body(kind, message))
        except Exception as failure:
            problem = _as_problem(failure)
            if self._strict:
                raise problem from None
            self._problem(problem)
            return False
        self._courier.wake()
        return True

    def _make_courier(self) -> Courier:
        return Courier(self._outbox, self._endpoint, self._key, self._problem, random.random)

    def _problem(self, problem: SojournError) -> None:
        log.warning("%s", problem)
        if self._on_problem is not None:
            try:
                self._on_problem(problem)
            except Exception:
                log.exception("on_problem failed")

    def _before_fork(self) -> None:
        self._outbox.before_fork()

    def _after_fork(self, *, is_child: bool) -> None:
        self._outbox.after_fork(is_child=is_child)
        if is_child:
            # The thread was not copied; another one starts with the first call.
            self._courier = self._make_courier()


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
_forking: list[Client] = []


def _named(user_id: str | int | None, anonymous_id: str | None) -> dict[str, str | int]:
    given = {"userId": user_id, "anonymousId": anonymous_id}
    return {name: value for name, value in given.items() if value is not None and value != ""}


def _instant(given: datetime | None) -> str:
    """An instant in UTC; one without a zone is taken in this machine's, as Python does."""
    instant = datetime.now(UTC) if given is None else given.astimezone(UTC)
    return instant.isoformat(timespec="milliseconds")


def _body(kind: str, message: dict[str, Any]) -> bytes:
    """The JSON of a message; raises `BadBody` for what the server could not take."""
    if not {"userId", "anonymousId"} & message.keys():
        raise BadBody(f"A {kind} names nobody", mend="Give a user_id or an anonymous_id.")
    if kind == "track" and not (isinstance(message["event"], str) and message["event"]):
        raise BadBody("The event has no name", where="event", mend="Say what happened.")
    try:
        text = json.dumps(
            message, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        body = text.encode()
    except (TypeError, ValueError, RecursionError) as failure:
        raise BadBody(
            f"A {kind} holds what JSON cannot say",
            detail=f"{failure}.",
            mend="Give texts, finite numbers, booleans, dates, lists and objects.",
        ) from None
    if len(body) > MESSAGE_BYTES_MAX:
        raise BadBody(
            f"A {kind} is too large",
            detail=f"It has {len(body):,} bytes; {MESSAGE_BYTES_MAX:,} are allowed.",
            mend="Leave out what nobody will ask about.",
        )
    return body


def _plain(value: Any) -> Any:
    """What JSON has for a value that it does not know."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no such thing")


def _as_problem(failure: Exception) -> SojournError:
    if isinstance(failure, SojournError):
        return failure
    return Unavailable("The message was not kept", detail=f"{type(failure).__name__}: {failure}")


def _close(reference: weakref.ref[Client]) -> None:
    client = reference()
    if client is not None:
        client.close()


def _before_fork() -> None:
    _forking[:] = list(_clients)
    for client in _forking:
        client._before_fork()


def _after_fork(*, is_child: bool) -> None:
    for client in reversed(_forking):
        try:
            client._after_fork(is_child=is_child)
        except SojournError as failure:
            log.warning("%s", failure)
    _forking.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=lambda: _after_fork(is_child=False),
        after_in_child=lambda: _after_fork(is_child=True),
    )
