// What one person did: days, visits, events; each with its properties, and with the names of those
// that stay sealed.

import { IconLock } from "@tabler/icons-react";
import { Link } from "wouter";
import type { TimelineEvent } from "../api/shapes";
import { useAddress, useEventColour, useProject } from "../frame/project";
import { daysOf, type Visit } from "../words/visit";
import { events as sayEvents } from "../words/number";
import { clock, exact, length, longDay } from "../words/time";
import { sayValue, tell } from "../words/telling";
import { EventIcon } from "./event-icon";
import { Cut } from "./event-name";
import styles from "./timeline.module.css";

interface TimelineProps {
  // What the person is called in the sentences of the schema.
  person: string;
  events: TimelineEvent[];
}

export function Timeline({ person, events }: TimelineProps) {
  const { project } = useProject();
  if (events.length === 0)
    return (
      <p className={styles.none}>
        Nothing to see: this person's events were kept for another purpose, or are gone.
      </p>
    );
  return (
    <div className={styles.days}>
      {daysOf(events, project.timezone).map((day) => (
        <section key={day.date} className={styles.day}>
          <h3 className={styles.date}>{longDay(day.instant, project.timezone)}</h3>
          {day.visits.map((visit) => (
            <VisitLines key={visit.events[0]?.ts} person={person} visit={visit} />
          ))}
        </section>
      ))}
    </div>
  );
}

function VisitLines({ person, visit }: { person: string; visit: Visit }) {
  return (
    <div className={styles.visit}>
      {visit.events.length > 1 && (
        <p className={styles.about}>
          A visit of {length(visit.lasted_ms)}, {sayEvents(visit.events.length)}
        </p>
      )}
      <ol className={styles.events}>
        {visit.events.map((event, at) => (
          <EventLine key={at} person={person} event={event} />
        ))}
      </ol>
    </div>
  );
}

function EventLine({ person, event }: { person: string; event: TimelineEvent }) {
  const { project, summaryOf } = useProject();
  const address = useAddress();
  const colour = useEventColour();
  const properties = Object.entries(event.properties ?? {});
  const sealed = event.sealed ?? [];
  const { title, icon, sentence } = summaryOf(event.event) ?? {};
  const told = sentence && tell(sentence, { person, values: event.properties ?? {}, sealed });
  return (
    <li className={styles.event} style={{ "--event": colour(event.event) }}>
      <time className={styles.time} dateTime={event.ts} title={exact(event.ts, project.timezone)}>
        {clock(event.ts, project.timezone)}
      </time>
      <span className={styles.point} aria-hidden />
      <div className={styles.what}>
        <div className={styles.title}>
          <Link
            href={address("funnel", { step: event.event })}
            className={styles.name}
            title={`Start a funnel with ${event.event}`}
          >
            {icon && <EventIcon icon={icon} />}
            {told ? <span className={styles.told}>{told}</span> : <Cut name={title || event.event} />}
          </Link>
          <span className={styles.source}>{event.source}</span>
        </div>
        {(properties.length > 0 || sealed.length > 0) && (
          <dl className={styles.properties}>
            {properties.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{sayValue(value)}</dd>
              </div>
            ))}
            {sealed.map((name) => (
              <div key={name} className={styles.sealed} title="Sealed under this person's key">
                <dt>
                  <IconLock size={12} aria-hidden />
                  {name}
                </dt>
                <dd>veiled</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}
