"""All settings in one frozen value, read once from the environment and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

DATA = Path("sojourn-data")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a Sojourn keeps its data and where it listens. Each field is one environment variable.

    data          SOJOURN_DATA          the folder of everything that is kept
    database_url  SOJOURN_DATABASE_URL  the control database; SQLite in `data` unless set
    master_key    SOJOURN_MASTER_KEY    64 hex digits that wrap every other key; a file in `data`
                                        that only its owner can read, unless set
    host          SOJOURN_HOST          the address to listen on: loopback unless told
    port          SOJOURN_PORT
    trusted_proxies     SOJOURN_TRUSTED_PROXIES      networks of our own proxies, whose word on the
                                                     client's address is taken; commas between
    public_url          SOJOURN_PUBLIC_URL           the address under which others reach this
                                                     server, for links in mails
    smtp_url            SOJOURN_SMTP_URL             the server that sends mails; none are sent
                                                     unless set
    mail_from           SOJOURN_MAIL_FROM            whom mails come from
    visit_gap_minutes   SOJOURN_VISIT_GAP_MINUTES    a visit ends when nothing happens for longer
    question_seconds    SOJOURN_QUESTION_SECONDS     how long a question may take
    memory_mb           SOJOURN_MEMORY_MB            how much of the history may be in memory at a
                                                     time; half of the machine's, unless set
    quarantine_days     SOJOURN_QUARANTINE_DAYS      how long what was refused for its form may wait
                                                     to be replayed; 0 for not at all
    free_mb             SOJOURN_FREE_MB              events are refused when less than this is free
                                                     on the disk
    behind_events       SOJOURN_BEHIND_EVENTS        and when so many are accepted and not applied
    message_days        SOJOURN_MESSAGE_DAYS         how long a message that is sent again is known;
                                                     30 at least
    metrics_key         SOJOURN_METRICS_KEY          who shows it may read the metrics, from
                                                     anywhere; unless set, who is on this machine
    """

    data: Path = DATA
    database_url: str = ""
    master_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: str = ""
    public_url: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    visit_gap_minutes: float = 30
    question_seconds: float = 60
    memory_mb: int = 0
    quarantine_days: int = 14
    free_mb: int = 256
    behind_events: int = 5_000_000
    message_days: Annotated[int, msgspec.Meta(ge=30)] = 90
    metrics_key: str = ""


def from_environment(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """The settings that the environment names; what is `given` and not None goes before it."""
    texts = {
        field: environment[f"SOJOURN_{field.upper()}"]
        for field in Settings.__struct_fields__
        if f"SOJOURN_{field.upper()}" in environment
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    return msgspec.convert({**texts, **chosen}, Settings, strict=False, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
