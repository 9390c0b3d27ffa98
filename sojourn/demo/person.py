"""A person and the devices they use, each with an anonymous id of its own.

    laptop   ~~~~ anonymous ~~~~| Signed Up        | known ............
    phone                  ~~ anonymous ~~| Logged In | known .........

What a device did before it knew its person belongs to their history too: it is what a merge of
identities brings home.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sojourn.demo.company import Company, Stretch
from sojourn.demo.region import Region
from sojourn.event import Identifier, PropertyValue

_SOURCES = {"desktop": ("web",), "mobile": ("ios", "ios", "android"), "tablet": ("ios", "web")}
_KINDS = ("desktop", "mobile", "tablet")
_FIRST_DEVICE_SHARES_CUMULATED = (0.56, 0.93, 1.0)


@dataclass(frozen=True, slots=True)
class Device:
    """One device; `source` is the client it reports through once its person is known."""

    kind: str
    source: str
    anonymous: tuple[Identifier, ...]
    known: tuple[Identifier, ...]
    known_from: int = 0


@dataclass(slots=True)
class Person:
    """Someone who looks, and perhaps stays.

    `devices` are in order of appearance. `active` says when a member takes part: while they care
    for it and their company's workspace is open.
    """

    number: int
    region: Region
    given: str
    family: str
    address: str
    user_id: Identifier
    campaign: str = ""
    role: str = "member"
    company: Company | None = None
    devices: list[Device] = field(default_factory=list)
    onboarded_ms: int = 0
    held_one_on_one: bool = False
    active: list[Stretch] = field(default_factory=list)

    @property
    def email(self) -> Identifier:
        """Their address at work: no two people share one, and none of the domains exists."""
        domain = self.company.domain if self.company else "example.com"
        return Identifier("email", f"{self.address}.{self.number}@{domain}")

    @property
    def server_identifiers(self) -> tuple[Identifier, ...]:
        """What a server knows them by."""
        return (self.user_id,)

    def traits_at(self, ts: int) -> dict[str, PropertyValue]:
        """What an identify message says of them at an instant."""
        traits: dict[str, PropertyValue] = {
            "email": self.email.value,
            "name": f"{self.given} {self.family}",
            "role": self.role,
            "simulated": True,
        }
        if self.company:
            traits["company"] = self.company.name
            traits["plan"] = self.company.plan_at(ts)
            traits["team_size"] = float(self.company.size)
            traits["location"] = self.region.locality
        return traits


def some_person(rng: Random, number: int, region: Region) -> Person:
    """The next person, without a device yet."""
    given, address = rng.choice(region.given)
    return Person(
        number=number,
        region=region,
        given=given,
        family=rng.choice(region.family),
        address=address,
        user_id=Identifier("user_id", f"p-{number:05d}"),
    )


def first_kind(rng: Random) -> str:
    """On which kind of device someone first comes: mostly a laptop, often a phone."""
    return rng.choices(_KINDS, cum_weights=_FIRST_DEVICE_SHARES_CUMULATED)[0]


def add_device(rng: Random, person: Person, kind: str, *, known_from: int) -> Device:
    """Give a person one more device, with a new anonymous id; it knows them from an instant on."""
    anonymous = Identifier("anonymous_id", f"{rng.getrandbits(64):016x}")
    device = Device(
        kind=kind,
        source=rng.choice(_SOURCES[kind]),
        anonymous=(anonymous,),
        known=(person.user_id, anonymous),
        known_from=known_from,
    )
    person.devices.append(device)
    return device


def device_at(rng: Random, person: Person, ts: int) -> Device:
    """The device a person takes at an instant: more often the first than another they know."""
    first = person.devices[0]
    if len(person.devices) == 1 or rng.random() < 0.55:
        return first
    other = person.devices[1 + int(rng.random() * (len(person.devices) - 1))]
    return other if other.known_from <= ts else first
