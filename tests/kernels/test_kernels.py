"""What every kernel promises: nothing compiles at question time, and no array is too odd."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import types

from sojourn import kernels
from sojourn.kernels import counts, funnel, layout, line, presence, retention, transitions, warm
from sojourn.kernels.compiled import Kernel, compiled
from sojourn.kernels.grid import grid

NO_MARKS = np.zeros(0, dtype=np.int64)
NO_SLOTS = np.zeros(0, dtype=np.int32)
TABLE = np.array([1, 2, 0], dtype=np.int64)
EDGES = np.array([0, 10, 20], dtype=np.int64)
SCOPE = (0, 19, 1)

EXAMPLES: dict[str, Any] = {
    "starts": np.array([0, 3, 3], dtype=np.int64),
    "ends": np.array([3, 3, 5], dtype=np.int64),
    "ts": np.array([1, 2, 12, 3, 18], dtype=np.int64),
    "event": np.array([0, 1, 0, 1, 2], dtype=np.uint16),
    "purposes": np.array([1, 1, 1, 1, 1], dtype=np.uint16),
    "table": TABLE,
    "held": NO_MARKS,
    "slots": NO_SLOTS,
    **dict(zip(("edges", "shift", "cells"), grid(EDGES), strict=True)),
    **dict(zip(("start_ms", "end_ms", "purpose"), SCOPE, strict=True)),
    "amounts": np.ones(5),
    "codes": np.zeros(5, dtype=np.int32),
    "size": 2,
    "best": np.array([1, 0, 0]),
    "levels": np.array([2, 0, 0]),
    "gaps": np.array([5, 5]),
    "fits": np.array([1, 2]),
    "least": np.array([1, 1]),
    "required": np.array([True, True]),
    "guards": NO_MARKS,
    "drop": False,
    "strict": False,
    "window_ms": 5,
    "gap_ms": 5,
    "group": np.zeros(3, dtype=np.int64),
    "groups": 1,
    "origin": np.zeros(3, dtype=np.int64),
    "limit": 2,
    "before_ms": 100,
    "before_row": 0,
    "present": np.ones(5, dtype=np.bool_),
    "models": np.array([[1.0, 0.0, 0.0, 0.0]]),
    "only_first": False,
    "wanted_row": -1,
    "wanted_slot": 0,
    "which": 0,
    "ever": True,
    "periods": 2,
    "offsets": np.array([0, 1, 2]),
    "rules": retention.Rules(),
    "visit": NO_MARKS,
    "series": 2,
    "steps": 2,
    "values": 1,
    "names": 3,
    "most": 3,
    "shown": np.arange(3),
    "roles": np.zeros(5, dtype=np.int64),
    "waits": False,
    "stops": False,
    "merge": False,
}
"""Three people, one without events, and something for every other parameter of a kernel."""

OWN_EXAMPLES: dict[str, dict[str, Any]] = {
    "attribution": {"slots": np.zeros(5, dtype=np.int32)},
    "favourites": {"codes": np.zeros(5, dtype=np.int64)},
    "journey": {"window_ms": np.array([5, 5])},
    "least_and_most": {"values": np.ones(5)},
    "retention": {"values": np.ones(5)},
    "tally": {"values": np.ones(5)},
    "together": {"groups": np.array([0, 1, 2])},
}
"""Where a parameter of the same name is another thing."""

COLUMNS = ("starts", "ends", "ts", "event", "purposes")
AnyKernel = Kernel[..., Any]


def parameters(kernel: AnyKernel) -> tuple[str, ...]:
    return tuple(inspect.signature(kernel.loop).parameters)


OVER_TIMELINES = [
    pytest.param(kernel, id=kernel.loop.__name__)
    for kernel in kernels.found()
    if parameters(kernel)[: len(COLUMNS)] == COLUMNS
]


@pytest.mark.parametrize("kernel", OVER_TIMELINES)
def test_mapped_and_fresh_arrays_run_the_same_compilation(
    kernel: AnyKernel, tmp_path: Path
) -> None:
    own = EXAMPLES | OWN_EXAMPLES.get(kernel.loop.__name__, {})
    rest = [own[name] for name in parameters(kernel)[len(COLUMNS) :]]
    columns = [EXAMPLES[name] for name in COLUMNS]
    expected = kernel(*columns, *rest)
    mapped = []
    for number, column in enumerate(columns):
        np.save(tmp_path / f"{number}.npy", column)
        mapped.append(np.load(tmp_path / f"{number}.npy", mmap_mode="r"))
    np.testing.assert_equal(kernel(*mapped, *rest), expected)
    frozen = [np.frombuffer(column.tobytes(), dtype=column.dtype) for column in columns]
    np.testing.assert_equal(kernel(*frozen, *rest), expected)


def test_every_kernel_takes_the_columns_of_a_timeline_as_they_are_laid_out() -> None:
    laid_out = dict(zip(COLUMNS, layout.TIMELINE, strict=True))
    for kernel in kernels.found():
        for signature in kernel.machine_code.signatures:
            for parameter, taken in zip(parameters(kernel), signature, strict=True):
                assert taken == laid_out.get(parameter, taken), (kernel.loop.__name__, parameter)
    assert len(OVER_TIMELINES) > 20


def test_every_kernel_has_its_types_and_is_in_the_cache_once_warm() -> None:
    warm()
    for kernel in kernels.found():
        assert kernel.is_compiled
        assert kernel.machine_code.signatures
        assert not kernel.machine_code._can_compile
        assert kernel.machine_code.stats.cache_path
    assert len(list(kernels.found())) > 40


def test_kernels_are_loaded_when_they_are_called() -> None:
    loaded = """
import numpy as np
from sojourn import application, kernels
from sojourn.kernels.ranks import running_ranks
def loaded():
    return [one.__name__ for one in kernels.found() if "machine_code" in vars(one)]
print(loaded())
running_ranks(np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64), 1.0)
print(loaded())
"""
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["[]", "['running_ranks']"]


def test_a_kernel_is_compiled_once_and_again_when_its_loop_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "own.py"

    def written(text: str) -> AnyKernel:
        file.write_text(text)
        own = importlib.util.spec_from_file_location("own", file)
        assert own is not None
        assert own.loader is not None
        module = importlib.util.module_from_spec(own)
        own.loader.exec_module(module)
        return compiled((types.int64,))(module.next)

    first = written("def next(i):\n    return i + 1\n")
    assert not first.is_compiled
    assert first(1) == 2
    assert first.is_compiled
    second = written("def next(i):\n    return i + 1_000\n")
    assert not second.is_compiled
    assert second(1) == 1_001
    assert second.is_compiled


def test_intervals_of_any_length_are_found() -> None:
    random = np.random.default_rng(7)
    for events in (1, 200, 2 * line.BLOCK_EVENTS, 3 * line.BLOCK_EVENTS + 1):
        edges = np.cumsum(random.integers(10, 200, 12) * 1000)
        ts = np.sort(random.integers(edges[0], edges[-1], events))
        one_person = (np.array([0]), np.array([events]), ts, np.zeros(events, np.uint16))
        lawful = random.integers(0, 2, events).astype(np.uint16)
        begin, end = int(edges[1]) + 7, int(edges[-2]) - 7
        within = ts[(lawful > 0) & (ts >= begin) & (ts <= end)]
        expected = np.histogram(within, bins=edges)[0]
        first = np.histogram(within[:1], bins=edges)[0]
        over: tuple[Any, ...] = (*grid(edges), begin, end, 1)
        marked: tuple[Any, ...] = (np.array([1]), NO_MARKS, 1, NO_SLOTS, 1)
        found, people, newcomers = counts.counts(*one_person, lawful, *marked, *over)
        assert found.tolist() == expected.tolist()
        assert people.tolist() == (expected > 0).tolist()
        assert newcomers.tolist() == first.tolist()
        plain = presence.presence(*one_person, lawful, *over)
        np.testing.assert_equal(plain, (people, newcomers))
        alone = line.line(*one_person, lawful, np.array([1]), NO_MARKS, *over)
        np.testing.assert_equal(alone, (found, people, newcomers))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5), st.booleans())
def test_one_line_is_what_many_say_of_it(seed: int, people: int, is_held: bool) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(0, 2 * line.BLOCK_EVENTS, people)
    ends = np.cumsum(sizes)
    edges = np.cumsum(random.integers(10, 200, 12) * 1000)
    ts = random.integers(edges[0], edges[-1], sizes.sum())
    for end, size in zip(ends, sizes, strict=True):
        ts[end - size : end].sort()
    event, purposes, held = random.integers(0, 3, (3, len(ts)))
    runs = ends - sizes, ends, ts, event.astype(np.uint16), purposes.astype(np.uint16)
    marked = np.array([1, 0, 1]), held if is_held else NO_MARKS
    over: tuple[Any, ...] = (*grid(edges), *np.sort(random.integers(edges[0], edges[-1], 2)), 1)
    several = counts.counts(*runs, *marked, 1, NO_SLOTS, 1, *over)
    np.testing.assert_equal(line.line(*runs, *marked, *over), several)


@pytest.mark.parametrize("names", [1, 3, 200, 300, 65_536])
def test_pairs_are_exact_for_any_number_of_names(names: int) -> None:
    random = np.random.default_rng(names)
    event = (random.pareto(0.5, 5000) % names).astype(np.uint16)
    ends = np.array([1000, 1000, 5000])
    people, _, _, pairs, often = transitions.transitions(
        np.array([0, 1000, 1000]),
        ends,
        np.zeros(5000, dtype=np.int64),
        event,
        np.ones(5000, dtype=np.uint16),
        names,
        *SCOPE,
    )
    codes = event.tolist()
    expected = Counter(pairwise(codes[:1000]))
    expected.update(pairwise(codes[1000:]))
    found = {divmod(pair, names): n for pair, n in zip(pairs.tolist(), often.tolist(), strict=True)}
    assert people == 2
    assert found == expected


def test_sixty_steps_fit() -> None:
    event = np.arange(60, dtype=np.uint16)
    one_person = (np.array([0]), np.array([60]), np.arange(60), event, np.ones(60, np.uint16))
    table = np.left_shift(1, np.arange(60, dtype=np.int64))
    for kernel in (funnel.ordered, funnel.strict, funnel.unordered, funnel.unordered_overlapping):
        reached = kernel(*one_person, table, NO_MARKS, 60, 100, 0, 100, 1)
        assert reached.tolist() == [60]
        assert kernel(*one_person, table, NO_MARKS, 60, 58, 0, 100, 1).tolist() == [59]


def furthest(event: list[int], ts: list[int], window_ms: int) -> int:
    """How many of the steps 0, 1, 2 follow in order, taking each as early as it comes."""
    best = 0
    for opener in (i for i, code in enumerate(event) if code == 0):
        step = 1
        for code, instant in zip(event[opener + 1 :], ts[opener + 1 :], strict=True):
            if step < 3 and code == step and instant - ts[opener] <= window_ms:
                step += 1
        best = max(best, step)
    return best


def test_attempts_run_on_past_a_block_of_events() -> None:
    random = np.random.default_rng(3)
    table = np.array([1, 2, 4, 0], dtype=np.int64)
    for _ in range(200):
        events = int(random.integers(funnel.BLOCK_EVENTS - 2, 4 * funnel.BLOCK_EVENTS))
        event = random.choice(4, events, p=[0.01, 0.01, 0.01, 0.97]).astype(np.uint16)
        ts = np.sort(random.integers(0, 1000, events))
        window_ms = int(random.integers(1, 1000))
        one_person = (np.array([0]), np.array([events]), ts, event, np.ones(events, np.uint16))
        reached = funnel.ordered(*one_person, table, NO_MARKS, 3, window_ms, 0, 1000, 1)
        assert reached.tolist() == [furthest(event.tolist(), ts.tolist(), window_ms)]


def test_the_types_of_arrays_are_there_before_any_thread_comes_to_make_them() -> None:
    """numba tells types apart by a number that each gets when it is made: what nobody has is made
    anew each time, and two threads that do so at once leave kernels that match nothing."""
    script = """
import gc
import numpy as np
from numba import typeof
from sojourn import kernels
kinds = [np.int64, np.uint16, np.int32, np.float64, np.int8, np.bool_]
def numbers():
    gc.collect()
    return [typeof(np.empty(1, kind))._code for kind in kinds]
assert list(kernels.found())
assert numbers() == numbers(), "made anew"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
