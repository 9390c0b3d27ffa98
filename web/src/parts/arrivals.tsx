// What arrives now, and what arrived since the project began: stored, sent twice, refused and why,
// what was withheld of it, what is still to be counted, and what is wrong with what to do.

import { useStatus } from "../api/questions";
import { useProject } from "../frame/project";
import type { ProjectStatus } from "../api/shapes";
import { count, events, plain } from "../words/number";
import { lasting } from "../words/time";
import { ProblemNote } from "./problem-note";
import { Sheet } from "./sheet";
import { When } from "./when";
import styles from "./arrivals.module.css";

export function Arrivals() {
  const { project, schema } = useProject();
  const asked = useStatus(project.name);
  if (asked.error && !asked.data)
    return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  const status = asked.data;
  const refused = status?.refused.reduce((sum, one) => sum + one.events, 0) ?? 0;
  const withheld = status?.withheld.reduce((sum, one) => sum + one.properties, 0) ?? 0;
  return (
    <Sheet title="What arrived" note="since the project began">
      <dl className={styles.lines}>
        <Fact name="Arriving now" value={status && sayRate(status.rate)} />
        <Fact name="Stored" value={status && count(status.stored)} />
        <Fact name="Sent twice, kept once" value={status && count(status.duplicates)} />
        <Fact name="Refused" value={status && count(refused)} />
        {status?.refused.map((one) => (
          <Fact key={one.reason} name={sayReason(one.reason)} value={count(one.events)} inner />
        ))}
        <Fact name="Properties withheld" value={status && count(withheld)} />
        {status?.withheld.map((one) => (
          <Fact key={one.reason} name={sayReason(one.reason)} value={count(one.properties)} inner />
        ))}
        <Fact name="Accepted, not counted yet" value={status && sayLag(status)} />
        <Fact name="Newest event" value={schema.last ? <When instant={schema.last} /> : "–"} />
        <Fact name="Days and weeks in" value={project.timezone} />
      </dl>
      {status?.troubles.map((one) => (
        <p key={one.name} className={styles.trouble} role="alert">
          <b>{one.title}.</b> {one.detail} {one.mend}
        </p>
      ))}
      {refused > 0 && (
        <p className={styles.note}>A refused event is counted by its reason; it stops no other.</p>
      )}
      {withheld > 0 && (
        <p className={styles.note}>
          A withheld property serves no lawful purpose, or holds a secret; its event is kept.
        </p>
      )}
    </Sheet>
  );
}

function Fact({
  name,
  value,
  inner = false,
}: {
  name: string;
  value: React.ReactNode;
  inner?: boolean;
}) {
  return (
    <div className={styles.line} data-inner={inner || undefined}>
      <dt>{name}</dt>
      <dd>{value ?? "–"}</dd>
    </div>
  );
}

const sayRate = (rate: number): string => `${plain(rate)} events/s`;

const sayLag = (status: ProjectStatus): string =>
  status.lag_rows === 0
    ? "0"
    : `${events(status.lag_events)}, for ${lasting(status.lag_seconds)}`;

const sayReason = (reason: string): string => reason.replaceAll("_", " ");
