"""Parts on threads of this process, one a core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sojourn.promptly import wake_promptly
from sojourn.timeline import Timeline

Result = TypeVar("Result")


class ThreadExecutor:
    """As many threads as there are cores: kernels never wait for anything."""

    def __init__(self, threads: int = os.cpu_count() or 1) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="part", initializer=wake_promptly
        )
        # They are begun here, for a thread steps back as far as the one that begins it has.
        all_there = Barrier(threads)
        for _ in range(threads):
            self._pool.submit(all_there.wait)

    def map(
        self, function: Callable[[Timeline], Result], parts: Sequence[Timeline]
    ) -> list[Result]:
        left = deque(enumerate(parts))
        results: dict[int, Result] = {}

        def work() -> None:
            # Whoever is through with a part takes the next one. To hand over each by itself would
            # have a question wait for the interpreter several times more for each.
            while left:
                try:
                    number, part = left.popleft()
                except IndexError:
                    return
                results[number] = function(part)

        working = [self._pool.submit(work) for _ in range(min(self._threads, len(parts)))]
        try:
            for one in working:
                one.result()
        finally:
            # When one part fails, nobody needs the others.
            left.clear()
        return [results[number] for number in range(len(parts))]

    def close(self) -> None:
        self._pool.shutdown()
