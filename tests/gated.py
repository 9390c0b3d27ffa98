"""An open folder with people and events of whom each purpose sees others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sojourn.consent.consents import Decision
from tests.opened import Clock, event, open_shop, profile, send

POLICY = """
sojourn: 1
version: "2026-01-01"
draft: true
role: controller
categories:
  activity: {means: [user.behavior], purposes: [service, analytics]}
  talk: {means: [user.content.private], purposes: [service]}
purposes:
  service: {use: essential.service.operations, basis: contract}
  analytics: {use: analytics.reporting, basis: legitimate_interests, assessment: LIA-2}
events:
  asked: {category: talk, purposes: [service]}
properties:
  words: {category: talk, purposes: [service]}
undeclared: {events: accept, properties: accept, as: activity}
retention: {activity: {keep: 25 months}, talk: {keep: 1 year}}
consent: {renew: 6 months}
cookies: [{name: sojourn_id, purpose: service, keep: 6 months}]
signals: {gpc: honour, dnt: ignore}
age: {consent_from: {default: 16}}
rights: {answer_within: 1 month, stop_marketing_here: at_once}
backups: {keep: 30 days}
"""
DAY_MS = 86_400_000


class Shop:
    """An open folder under `POLICY`: people in settled parts and in the tail, one of them merged,
    one who stopped analytics and one who is restricted."""

    def __init__(self, data: Path) -> None:
        clock = Clock()
        clock.now_ms += 30 * DAY_MS
        self.sojourn, self.project = open_shop(data, clock)
        self.governance = self.sojourn.governance(self.project)
        self.governance.publish(POLICY, actor="test")
        for who in range(40):
            user = f"u{who}"
            self.tell(
                event("cart", who * DAY_MS // 9, user=user, price=who, Plan="a", mixed=who / 2),
                event("cart", who * DAY_MS // 9, user=user, gift=who % 2 == 0, plan="b"),
                event("asked", who * DAY_MS // 7, user=user, words="help me", mixed="text"),
                event("paid", who * DAY_MS // 5, user=user, person="x", mixed=True),
                profile(user, team="red" if who % 2 else "blue", email=f"{user}@b.example"),
            )
        self.tell(event("cart", 5, anonymous="device"), event("look", 6, anonymous="device"))
        self.sojourn.applier.commit(now=True)
        self.project.parts.settle()
        self.tell(event("paid", 9, user="u1", anonymous="device", price=3))
        self.tell(event("cart", 12, user="late", price=8))
        self.stopped, self.restricted = self.person("u2"), self.person("u3")
        self.governance.restrict(self.restricted, actor="test")
        self.decides("u2", analytics="objected")

    def tell(self, *events: Any) -> None:
        send(self.sojourn, self.project, events)

    def person(self, user: str) -> int:
        with self.sojourn.engine.begin() as connection:
            (found,) = self.sojourn.directory(self.project).search(connection, user)
        return found

    def decides(self, user: str, **purposes: Any) -> None:
        self.governance.record(
            Decision(identifiers={"user_id": user}, purposes=purposes, how="test")
        )
