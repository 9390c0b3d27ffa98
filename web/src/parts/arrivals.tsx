// What arrived since the project began: stored, sent twice, refused and why, what was withheld of
// it, and what is still to be counted.

import { useStatus } from "../api/questions";
import { useProject } from "../frame/project";
import { count } from "../words/number";
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
        <Fact name="Accepted, not counted yet" value={status && count(status.lag_rows)} />
        <Fact name="Newest event" value={schema.last ? <When instant={schema.last} /> : "–"} />
        <Fact name="Days and weeks in" value={project.timezone} />
      </dl>
      {status?.trouble && (
        <p className={styles.trouble} role="alert">
          {status.trouble}
        </p>
      )}
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

const sayReason = (reason: string): string => reason.replaceAll("_", " ");
