"""Processes to be killed: each starts from one that has imported everything, in a moment."""

from __future__ import annotations

import multiprocessing

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.faults.imported"])
