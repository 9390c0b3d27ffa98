// An event that waits in the quarantine, as it came, without what may not wait.

import type { ReactNode } from "react";
import type { OpenedEntry } from "../api/shapes";
import { useProject } from "../frame/project";
import { exact } from "../words/time";
import styles from "./waiting-event.module.css";

interface WaitingEventProps {
  opened: OpenedEntry;
  goes: string;
  children: ReactNode;
}

export function WaitingEvent({ opened, goes, children }: WaitingEventProps) {
  const { project } = useProject();
  const { event, detail } = opened;
  const told: [string, unknown][] = [
    ["event", event.name || `(${event.kind})`],
    ["time", instant(event.ts, project.timezone)],
    ...Object.entries(event.identifiers),
    ...Object.entries(event.previous).map(([type, id]): [string, unknown] => [`old ${type}`, id]),
    ["message id", event.message_id],
  ];
  return (
    <div className={styles.opened}>
      {detail && <p className={styles.detail}>{detail}</p>}
      <Values values={told} />
      <Part title="Properties" values={event.properties} />
      <Part title="Traits" values={event.traits} />
      <p className={styles.goes}>It goes by itself at {goes}.</p>
      {children}
    </div>
  );
}

function Part({ title, values }: { title: string; values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <Values values={entries} />
    </section>
  );
}

function Values({ values }: { values: [string, unknown][] }) {
  return (
    <dl className={styles.values}>
      {values.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll("_", " ")}</dt>
          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

// What was refused for its time may lie where no calendar reaches.
function instant(ms: number, zone: string): string {
  const when = new Date(ms);
  return Number.isNaN(when.getTime()) ? String(ms) : exact(when.toISOString(), zone);
}
