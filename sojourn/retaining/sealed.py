"""The sealed values of events, for the keep gate: each goes by the category of its own property, as
values in the clear do. So what is sealed is opened where something of it may be due, and what stays
is sealed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from sojourn.people.directory import SEALED_EVENT
from sojourn.vault import Vault


@dataclass(frozen=True, slots=True)
class SealedValues:
    """Opens and seals the values of a project's events."""

    engine: sa.Engine
    vault: Vault

    def of(self, rows: pa.Table) -> list[dict[str, Any]]:
        """What is sealed in each row, by property; nothing where its key is gone."""
        people, blobs = rows["person"].to_pylist(), rows["sealed"].to_pylist()
        with self.engine.begin() as connection:
            self._prepare(connection, people)
            found = [
                self.vault.open(connection, (person, SEALED_EVENT), blob) or {}
                for person, blob in zip(people, blobs, strict=True)
            ]
        self.vault.trim()
        return found

    def sealed(
        self, people: Sequence[int], values: Iterable[Mapping[str, Any]]
    ) -> list[bytes | None]:
        """What is left of values that `of` opened for these people, sealed; None for nothing."""
        with self.engine.begin() as connection:
            self._prepare(connection, people)
        return [
            self.vault.seal((person, SEALED_EVENT), left) if left else None
            for person, left in zip(people, values, strict=True)
        ]

    def _prepare(self, connection: sa.Connection, people: Sequence[int]) -> None:
        self.vault.prepare_known(connection, [(person, SEALED_EVENT) for person in people])
