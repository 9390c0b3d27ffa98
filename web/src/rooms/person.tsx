// One person: what is known, veiled until asked for, and everything they did, newest first.

import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { usePerson, useTimeline } from "../api/questions";
import type { PersonDetail } from "../api/shapes";
import { useAddress, useProject } from "../frame/project";
import { Devices } from "../parts/devices";
import { KnownProperties } from "../parts/known-properties";
import { FirstLoad } from "../parts/loading";
import { Blocked, Merges } from "../parts/merges";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { Timeline } from "../parts/timeline";
import { Touches } from "../parts/touches";
import { Veiled } from "../parts/veiled";
import { When } from "../parts/when";
import { count } from "../words/number";
import { lasting } from "../words/time";
import styles from "./person.module.css";
import room from "./room.module.css";

export default function Person({ person }: { person: string }) {
  const { project } = useProject();
  const address = useAddress();
  const asked = usePerson(project.name, person);
  const back = (
    <Link href={address("people")} className={styles.back} onClick={goBack}>
      <IconArrowLeft size={16} aria-hidden /> Back
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
      <header className={styles.head}>
        {back}
        <h2 className={styles.name}>{asked.data.label}</h2>
        <span className={styles.kind} data-known={asked.data.known || undefined}>
          {asked.data.known ? "Known" : "Anonymous"}
        </span>
      </header>
      <div className={styles.columns}>
        <div className={room.stack}>
          <Facts person={asked.data} />
          <Sheet title="Identifiers">
            <Veiled project={project.name} person={asked.data} />
          </Sheet>
          <Known person={asked.data} />
        </div>
        <div className={room.stack}>
          {asked.data.touches.length > 0 && (
            <Sheet title="Where they came from">
              <Touches touches={asked.data.touches} />
            </Sheet>
          )}
          <Happened person={person} label={asked.data.label} />
        </div>
      </div>
    </div>
  );
}

// Back to wherever one came from: the drawer of a funnel, a search, the list. A shared link has
// nowhere to go back to.
function goBack(click: React.MouseEvent): void {
  if (window.history.length <= 1) return;
  click.preventDefault();
  window.history.back();
}

// What is known besides the identifiers, each where there is any.
function Known({ person }: { person: PersonDetail }) {
  return (
    <>
      {person.properties.length > 0 && (
        <Sheet title="Properties" note="as last told">
          <KnownProperties properties={person.properties} />
        </Sheet>
      )}
      {person.devices.length > 0 && (
        <Sheet title="Devices">
          <Devices devices={person.devices} />
        </Sheet>
      )}
      {person.merges.length > 0 && (
        <Sheet title="Merges">
          <Merges person={person} />
        </Sheet>
      )}
      {person.blocked.length > 0 && (
        <Sheet title="Not merged" note="though something is shared">
          <Blocked person={person} />
        </Sheet>
      )}
    </>
  );
}

function Facts({ person }: { person: PersonDetail }) {
  const { totals } = person;
  const facts: [string, ReactNode][] = [
    ["Events", count(totals.events)],
    ["Visits", count(totals.visits)],
    ["Days active", count(totals.days)],
    ["Time spent", lasting(totals.seconds)],
    ["First seen", totals.first ? <When instant={totals.first} /> : "–"],
    ["Last seen", totals.last ? <When instant={totals.last} /> : "–"],
  ];
  return (
    <Sheet title="Facts">
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}

function Happened({ person, label }: { person: string; label: string }) {
  const { project } = useProject();
  const asked = useTimeline(project.name, person);
  if (asked.error && !asked.data)
    return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <FirstLoad inside />;
  const events = asked.data.pages.flatMap((page) => page.events);
  return (
    <Sheet title="Timeline" note={`newest first, in ${project.timezone}`}>
      <Timeline person={label} events={events} />
      {asked.hasNextPage && (
        <button
          type="button"
          className={styles.more}
          disabled={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          {asked.isFetchingNextPage ? "Fetching…" : "Show earlier events"}
        </button>
      )}
    </Sheet>
  );
}
