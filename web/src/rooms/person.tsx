// One person: what is known, veiled until asked for, and everything they did, newest first.

import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "wouter";
import { usePerson, useTimeline } from "../api/questions";
import type { PersonDetail } from "../api/shapes";
import { useAddress, useProject } from "../frame/project";
import { FirstLoad } from "../parts/loading";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { Timeline } from "../parts/timeline";
import { Veiled } from "../parts/veiled";
import { When } from "../parts/when";
import { count } from "../words/number";
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
        </div>
        <Happened person={person} />
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

function Facts({ person }: { person: PersonDetail }) {
  const address = useAddress();
  return (
    <Sheet title="Facts">
      <dl className={styles.facts}>
        <div>
          <dt>Events</dt>
          <dd>{count(person.events)}</dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd>{person.first ? <When instant={person.first} /> : "–"}</dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd>{person.last ? <When instant={person.last} /> : "–"}</dd>
        </div>
        {person.merged.length > 0 && (
          <div>
            <dt>Also was</dt>
            <dd>
              {person.merged.map((one) => (
                <Link key={one} href={address(`people/${one}`)} className={styles.also}>
                  Person {one}
                </Link>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </Sheet>
  );
}

function Happened({ person }: { person: string }) {
  const { project } = useProject();
  const asked = useTimeline(project.name, person);
  if (asked.error && !asked.data)
    return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <FirstLoad inside />;
  const events = asked.data.pages.flatMap((page) => page.events);
  return (
    <Sheet title="Timeline" note={`newest first, in ${project.timezone}`}>
      <Timeline events={events} />
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
