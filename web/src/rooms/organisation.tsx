// One organisation: what is known of it, who belongs to it, and what they did last.

import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "wouter";
import { useOrganisation } from "../api/organisations";
import type { OrganisationDetail, PersonSummary } from "../api/shapes";
import { useAddress, useProject } from "../frame/project";
import { EventName } from "../parts/event-name";
import { KnownProperties } from "../parts/known-properties";
import { FirstLoad } from "../parts/loading";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { Table, type Column } from "../parts/table";
import { When } from "../parts/when";
import { count, people } from "../words/number";
import { writeSegment } from "../words/segment";
import { titleOf } from "./organisations";
import person from "./person.module.css";
import room from "./room.module.css";

type Event = OrganisationDetail["events"][number];

export default function Organisation({ organisation }: { organisation: string }) {
  const { project } = useProject();
  const address = useAddress();
  const asked = useOrganisation(project.name, organisation);
  const back = (
    <Link href={address("organisations")} className={person.back}>
      <IconArrowLeft size={16} aria-hidden /> Organisations
    </Link>
  );
  if (asked.error)
    return (
      <div className={room.room}>
        {back}
        <ProblemNote failure={asked.error} again={() => void asked.refetch()} />
      </div>
    );
  if (!asked.data) return <FirstLoad inside />;
  return (
    <div className={room.room}>
      <header className={person.head}>
        {back}
        <h2 className={person.name}>{titleOf(asked.data.organisation)}</h2>
      </header>
      <div className={person.columns}>
        <div className={room.stack}>
          <Facts detail={asked.data} />
          {asked.data.properties.length > 0 && (
            <Sheet title="Properties" note="as last told">
              <KnownProperties
                properties={asked.data.properties.map((one) => ({
                  ...one,
                  sealed: false,
                  source: "",
                }))}
              />
            </Sheet>
          )}
        </div>
        <div className={room.stack}>
          <Sheet title="People" note={people(asked.data.people.total)}>
            <Members members={asked.data.people.people} />
          </Sheet>
          <Sheet title="Events" note="of its people, the newest first" aside={<All {...asked.data} />}>
            <Events events={asked.data.events} />
          </Sheet>
        </div>
      </div>
    </div>
  );
}

// Everything else is asked of its people in any room: they are a segment.
function All({ segment }: OrganisationDetail) {
  const address = useAddress();
  const activity = address("activity").split("?")[0];
  const asked = `${activity}?${new URLSearchParams({ segment: writeSegment(segment) })}`;
  return (
    <Link href={asked} className={room.link}>
      Ask of its people
    </Link>
  );
}

function Facts({ detail: { organisation } }: { detail: OrganisationDetail }) {
  return (
    <Sheet title="Facts">
      <dl className={person.facts}>
        <div>
          <dt>Id</dt>
          <dd>
            <code title="veiled">{organisation.masked}</code>
          </dd>
        </div>
        <div>
          <dt>Number</dt>
          <dd>{organisation.id}</dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd>
            <When instant={organisation.first} />
          </dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd>
            <When instant={organisation.last} />
          </dd>
        </div>
      </dl>
    </Sheet>
  );
}

function Members({ members }: { members: PersonSummary[] }) {
  const address = useAddress();
  const columns: Column<PersonSummary>[] = [
    {
      title: "Person",
      cell: (one) => (
        <Link href={address(`people/${one.id}`)} className={room.link}>
          {one.label}
        </Link>
      ),
    },
    { title: "Events", figure: true, cell: (one) => count(one.events) },
    { title: "Last seen", figure: true, cell: (one) => one.last && <When instant={one.last} /> },
  ];
  return <Table caption="Its people" rows={members} columns={columns} rowsShown={10} />;
}

function Events({ events }: { events: Event[] }) {
  const address = useAddress();
  const columns: Column<Event>[] = [
    { title: "Event", cell: (one) => <EventName event={one.event} /> },
    { title: "When", cell: (one) => <When instant={one.ts} /> },
    {
      title: "Person",
      figure: true,
      cell: (one) => (
        <Link href={address(`people/${one.person}`)} className={room.link}>
          {one.person}
        </Link>
      ),
    },
  ];
  return <Table caption="Events of its people" rows={events} columns={columns} rowsShown={20} />;
}
