"""The intake: what all requests together may hold in memory, and how long one may take to arrive.

It stands between the server and every route and looks at the pieces of bodies as they come. Pieces
over the bound are refused while they are read, so that memory stays bounded however many senders
there are; a body that does not arrive in time is given up, so that a sender who hangs holds nothing
for long. What was refused leaves no trace: a body is looked at only when all of it is there.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from sojourn.errors import TooBusy, TooSlow
from sojourn.metrics import Metrics

BODIES_BYTES_MAX = 256 * 1024 * 1024
"""What the bodies of all requests that are being read or answered may hold: 64 of the largest."""
BODY_S_MAX = 60.0
"""How long a body may take: the largest at 70 kB a second."""
PACKED = 10
"""What a packed byte counts: JSON packs about tenfold."""


class Intake:
    """Bounds the bodies of requests; one for the whole process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._held = 0

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The application behind this intake."""

        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            own = _Arriving(self, receive, _weight(scope))
            self._metrics.requests_open.inc()
            try:
                await app(scope, own.receive, send)
            finally:
                self._metrics.requests_open.dec()
                self.hold(-own.held)

        return bounded

    def hold(self, size: int) -> bool:
        """Hold so many bytes more (or fewer); False, and nothing changed, where they are too
        many. A body that comes alone has room."""
        if size > 0 and self._held and self._held + size > BODIES_BYTES_MAX:
            return False
        if size:
            self._held += size
            self._metrics.bodies_bytes.set(self._held)
        return True


class _Arriving:
    """The body of one request on its way."""

    def __init__(self, intake: Intake, receive: Receive, weight: int) -> None:
        self._intake = intake
        self._receive = receive
        self._weight = weight
        self._loop = asyncio.get_running_loop()
        self._task = cast("asyncio.Task[Any]", asyncio.current_task(self._loop))
        self._until = self._loop.time() + BODY_S_MAX
        self._is_late = False
        self._complete = False
        self.held = 0

    async def receive(self) -> ReceiveMessage:
        """The next piece, once there is room for it."""
        if self._complete:
            return await self._receive()
        # A timer of the loop's own: `asyncio.timeout_at` takes longer than all else that is done
        # here.
        late = self._loop.call_at(self._until, self._give_up)
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if not self._is_late:
                raise
            self._task.uncancel()
            raise TooSlow(
                "The body did not arrive in time",
                detail=f"It may take {BODY_S_MAX:.0f} seconds.",
                mend="Nothing of it was kept. Send it again, in smaller batches.",
            ) from None
        finally:
            late.cancel()
        if message["type"] == "http.request":
            self._complete = not message["more_body"]
            size = len(message["body"]) * self._weight
            if not self._intake.hold(size):
                raise TooBusy(
                    "Too much is being sent at once",
                    detail=f"All bodies may hold {BODIES_BYTES_MAX // 1024**2} MiB together.",
                    mend="Nothing of this was kept. Send it again in a few seconds.",
                )
            self.held += size
        return message

    def _give_up(self) -> None:
        self._is_late = True
        self._task.cancel()


def _weight(scope: Scope) -> int:
    packed = any(
        name == b"content-encoding" and value != b"identity" for name, value in scope["headers"]
    )
    return PACKED if packed else 1
