// The most frequent events of the period with their people; each leads to a funnel that starts with
// it.

import { IconFilter } from "@tabler/icons-react";
import { Link } from "wouter";
import { useReport } from "../api/questions";
import type { EventSummary } from "../api/shapes";
import { useAddress, useAsked, useEventColour, usePeriod, useProject } from "../frame/project";
import { count, people } from "../words/number";
import { sayPeriod } from "../words/period";
import { EventName } from "./event-name";
import { Answering } from "./loading";
import { Sheet } from "./sheet";
import styles from "./top-events.module.css";

const SHOWN = 10;

export function TopEvents() {
  const { schema } = useProject();
  const { choice } = usePeriod();
  const { events, waiting } = useTopEvents();
  const most = events[0]?.people ?? 0;
  const widest = events.reduce((top, event) => Math.max(top, event.people), most);
  const more = schema.events.length - SHOWN;
  return (
    <Sheet title="Top events" note={sayPeriod(choice)}>
      <Answering waiting={waiting}>
        <div>
          <div className={styles.head} aria-hidden>
            <span>Event</span>
            <span>People</span>
            <span>Events</span>
          </div>
          <ol className={styles.list}>
            {events.map((event) => (
              <TopEvent key={event.name} event={event} widest={widest} />
            ))}
          </ol>
        </div>
        {more > 0 && (
          <p className={styles.more}>
            {count(more)} less frequent events are in the search, Ctrl K.
          </p>
        )}
      </Answering>
    </Sheet>
  );
}

function TopEvent({ event, widest }: { event: EventSummary; widest: number }) {
  const address = useAddress();
  const colour = useEventColour();
  return (
    <li>
      <Link
        href={address("funnel", { step: event.name })}
        className={styles.line}
        aria-label={`${event.name}: ${people(event.people)}. Start a funnel with it.`}
      >
        <span className={styles.name}>
          <EventName event={event.name} />
          <IconFilter size={14} className={styles.hint} aria-hidden />
        </span>
        <span className={styles.figure}>{count(event.people)}</span>
        <span className={styles.events}>{count(event.events)}</span>
        <span className={styles.track}>
          <span
            className={styles.bar}
            style={{
              width: `${widest > 0 ? (100 * event.people) / widest : 0}%`,
              background: colour(event.name),
            }}
          />
        </span>
      </Link>
    </li>
  );
}

// Of everyone and for all time the schema knows already; otherwise one trend counts events and
// people, each person once.
function useTopEvents(): { events: EventSummary[]; waiting: boolean } {
  const { project, schema } = useProject();
  const frame = useAsked();
  const narrowed = frame.period !== undefined || frame.segment !== undefined;
  const candidates = schema.events.slice(0, SHOWN);
  const asked = useReport(
    project.name,
    "trend",
    narrowed
      ? {
          kind: "trend",
          series: candidates.flatMap(({ name }) => [
            { event: name, measure: "events" as const },
            { event: name, measure: "people" as const },
          ]),
          every: "year",
          ...frame,
        }
      : null,
  );
  if (!narrowed) return { events: candidates, waiting: false };
  const total = (at: number) => asked.data?.series[at]?.total ?? 0;
  const events = candidates.map((event, place) => ({
    ...event,
    events: total(2 * place),
    people: total(2 * place + 1),
  }));
  return {
    events: events.sort((one, other) => other.events - one.events),
    waiting: asked.isPending || asked.isPlaceholderData,
  };
}
