"""The feed: every public version of a policy and what it changed, as Atom (RFC 4287).

Whoever reads it is told of changes and gives no address to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from sojourn.policy.chronicle import Step, period, steps
from sojourn.policy.document import MEDIA_TYPES
from sojourn.policy.versions import Version
from sojourn.policy.wording import dated

ATOM = "http://www.w3.org/2005/Atom"


def atom(versions: Sequence[Version], zone: tzinfo) -> str:
    """The feed, the newest version first; `versions` are all, oldest first, one of them public.
    Days are those of a time zone, and links lead to the pages beside the feed."""
    public = list(steps(versions))
    who = public[-1].policy.organisation.name or "An organisation that has not said its name"
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(feed, "id", uuid5(NAMESPACE_URL, f"feed/{public[0].version.digest.hex()}").urn)
    _add(feed, "title", f"{who}: changes of the policy")
    newest = max((one.withdrawn or one.version for one in public), key=lambda one: one.number)
    _add(feed, "updated", _instant(newest))
    SubElement(feed, "link", {"rel": "self", "type": MEDIA_TYPES["atom"], "href": "changes.xml"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": "changes"})
    _add(SubElement(feed, "author"), "name", who)
    for place, step in reversed(list(enumerate(public, 1))):
        _entry(SubElement(feed, "entry"), step, place, zone)
    return str(tostring(feed, encoding="unicode"))


def _entry(entry: Element, step: Step, place: int, zone: tzinfo) -> None:
    version = step.version
    told = [one.what for one in step.changes]
    if not told:
        told = [
            "Nothing changed in what is done with data."
            if step.before
            else "The first version that was public."
        ]
    _add(entry, "id", _name(version))
    _add(entry, "title", f"Version {step.label}, {_when(step, zone)}")
    # Who was told that it comes is told again that it does not.
    _add(entry, "updated", _instant(step.withdrawn or version))
    link = {"rel": "alternate", "type": "text/html", "href": f"changes#version-{place}"}
    SubElement(entry, "link", link)
    _add(entry, "content", "\n".join(told), type="text")


def _when(step: Step, zone: tzinfo) -> str:
    """When it holds, as it was told when it was published; or that it does not."""
    if step.withdrawn:
        return period(step, zone)
    _, begins = step.days(zone)
    return f"from {dated(begins)} on"


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _name(version: Version) -> str:
    """A name for good, also of a text that is published again later."""
    return uuid5(NAMESPACE_URL, f"{version.number}/{version.digest.hex()}").urn


def _instant(version: Version) -> str:
    told = datetime.fromtimestamp(version.published_ms / 1000, UTC)
    return told.isoformat(timespec="seconds").replace("+00:00", "Z")
