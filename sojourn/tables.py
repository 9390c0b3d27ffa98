"""The tables of the control database: everything but the events.

Migrations in `migrations/` make them; this list is what they must add up to, which a test compares.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("week_start", sa.Text, nullable=False, server_default="monday"),
    sa.Column("hierarchy", sa.Text, nullable=False, server_default="user_id email anonymous_id"),
    sa.Column("collection", sa.Text, nullable=False, server_default="{}"),
)

segments = sa.Table(
    "segments",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("definition", sa.LargeBinary, nullable=False),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published_ms", sa.BigInteger, nullable=False),
    sa.Column("effective_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("asks_again", sa.Text, nullable=False),
    sa.Index("policies_of_project", "project", "effective_ms"),
    sqlite_autoincrement=True,
)

purposes = sa.Table(
    "purposes",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("bit", sa.Integer, nullable=False),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("record", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.BigInteger),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("consents_of_person", "project", "person"),
    sqlite_autoincrement=True,
)

consent_states = sa.Table(
    "consent_states",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until_ms", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("record", sa.Text),
)

unseen = sa.Table(
    "unseen",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
)

recipient_keys = sa.Table(
    "recipient_keys",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("link", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("confirmed_ms", sa.BigInteger),
    sa.Column("until_ms", sa.BigInteger),
    sa.UniqueConstraint("project", "address"),
    sqlite_autoincrement=True,
)

mailings = sa.Table(
    "mailings",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("subscription", sa.Integer, nullable=False),
    sa.Column("policy", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("due_ms", sa.BigInteger, nullable=False),
    sa.Column("settled_ms", sa.BigInteger),
    sa.Column("detail", sa.Text, nullable=False),
    sa.UniqueConstraint("subscription", "policy"),
    sa.Index("mailings_of_project", "project", "state", "due_ms"),
    sqlite_autoincrement=True,
)

transfers = sa.Table(
    "transfers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("policy", sa.Integer, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("transfers_of_project", "project", "at_ms"),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("categories", sa.Text, nullable=False),
    sa.Column("placed_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger),
    sa.Column("lifted_ms", sa.BigInteger),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Index("holds_of_project", "project"),
    sqlite_autoincrement=True,
)

retentions = sa.Table(
    "retentions",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Index("retentions_of_project", "project", "at_ms"),
    sqlite_autoincrement=True,
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("wire", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
)

identifiers = sa.Table(
    "identifiers",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("first_ms", sa.BigInteger),
    sa.Column("last_ms", sa.BigInteger),
    sa.Index("identifiers_of_person", "project", "person"),
)

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("organisation", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("project", "organisation"),
)

merges = sa.Table(
    "merges",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("into", sa.BigInteger, nullable=False),
    sa.Column("order", sa.BigInteger, nullable=False),
    sa.Column("shared", sa.Text, nullable=False, server_default=""),
    sa.Column("at_ms", sa.BigInteger),
    sa.UniqueConstraint("project", "person"),
    sqlite_autoincrement=True,
)

blocked_merges = sa.Table(
    "blocked_merges",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("other", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("shared", sa.Text, primary_key=True),
    sa.Column("barrier", sa.Text, primary_key=True),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Column("last_ms", sa.BigInteger, nullable=False),
)

kept_apart = sa.Table(
    "kept_apart",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("other", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

person_keys = sa.Table(
    "person_keys",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

event_names = sa.Table(
    "event_names",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("code", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

properties = sa.Table(
    "properties",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.UniqueConstraint("project", "name", "type"),
    sqlite_autoincrement=True,
)

event_entries = sa.Table(
    "event_entries",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("icon", sa.Text),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("planned", sa.Boolean, nullable=False),
    sa.Column("archived", sa.Boolean, nullable=False),
)

property_entries = sa.Table(
    "property_entries",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("planned", sa.Text),
    sa.Column("archived", sa.Boolean, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("order", sa.BigInteger, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

message_runs = sa.Table(
    "message_runs",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("first", sa.BigInteger, nullable=False),
)

open_events = sa.Table(
    "open_events",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("order", sa.BigInteger, nullable=False),
    sa.Column("closes_ms", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("open_events_of_person", "project", "person"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("wire", sa.Text, nullable=False),
    sa.Column("received_ms", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("quarantine_of_project", "project", "received_ms"),
)

quarantine_keys = sa.Table(
    "quarantine_keys",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("events", sa.BigInteger, nullable=False),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("inbox_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("stored", sa.Integer, nullable=False),
    sa.Column("duplicates", sa.Integer, nullable=False),
)

progress = sa.Table(
    "progress",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
)
