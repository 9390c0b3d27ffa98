"""A client that costs little: it sends requests that are ready, over a few connections that stay
open, each the next one as soon as the last is answered."""

from __future__ import annotations

import asyncio
import base64
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast

import uvloop

HEADERS_END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to: seconds in all, seconds of each answer, answers other than 200, and
    the seconds of processor time that the client itself took."""

    seconds: float
    answers: list[float]
    failures: int
    work: float


class _Client(asyncio.Protocol):
    """One connection: it sends, waits for the whole answer, and sends the next."""

    def __init__(self, left: deque[bytes], done: Callable[[], None]) -> None:
        self._left = left
        self._done = done
        self._begun = 0.0
        self._buffer = b""
        self.answers: list[float] = []
        self.failures = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods, not the class.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(HEADERS_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        place = head.find(LENGTH)
        length = int(head[place + len(LENGTH) :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(self._buffer) < end + len(HEADERS_END) + length:
            return
        self.failures += not head.startswith(b"http/1.1 200")
        self.answers.append(time.perf_counter() - self._begun)
        self._buffer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()

    def _send(self) -> None:
        if not self._left:
            self._transport.close()
            return
        self._begun = time.perf_counter()
        self._transport.write(self._left.popleft())


def request(port: int, path: str, key: str, body: bytes) -> bytes:
    """A request of JSON with a write key, as it goes over the line."""
    code = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Basic {code}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, requests: Sequence[bytes], connections: int) -> Sent:
    """Send requests from a process of its own."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_send_all, args=(theirs, port, requests, connections)
    )
    process.start()
    sent: Sent = ours.recv()
    process.join()
    return sent


def _send_all(pipe: Connection, port: int, requests: Sequence[bytes], connections: int) -> None:
    pipe.send(uvloop.run(_sending(port, requests, connections)))


async def _sending(port: int, requests: Sequence[bytes], connections: int) -> Sent:
    loop = asyncio.get_running_loop()
    left = deque(requests)
    open_ones = connections
    finished = loop.create_future()

    def done() -> None:
        nonlocal open_ones
        open_ones -= 1
        if not open_ones:
            finished.set_result(None)

    begun, worked = time.perf_counter(), time.process_time()
    clients = [_Client(left, done) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
    await finished
    return Sent(
        seconds=time.perf_counter() - begun,
        answers=[took for client in clients for took in client.answers],
        failures=sum(client.failures for client in clients),
        work=time.process_time() - worked,
    )
