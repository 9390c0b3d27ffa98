// The period in one sentence and four numbers. People of a week are people, not a sum of days: a
// path question counts each once.

import { useReport } from "../api/questions";
import type { Period } from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
import { change, compact, count, people, plain } from "../words/number";
import { periodBefore, periodOf, sayPeriod } from "../words/period";
import { day } from "../words/time";
import { Answering } from "./loading";
import styles from "./headline.module.css";

const WEEK = { kind: "last", days: 7 } as const;

export function Headline() {
  const { project, schema } = useProject();
  const { choice, period } = usePeriod();
  const week = periodOf(WEEK, schema, project.timezone);
  const now = usePeopleOf(week);
  const before = usePeopleOf(periodBefore(week));
  const inPeriod = usePeopleOf(period);
  const events = useEventsOf(period);
  const newest = week?.to ? day(week.to) : "";
  return (
    <Answering waiting={inPeriod.waiting || events.waiting}>
      <p className={styles.sentence}>
        {now.value === undefined || before.value === undefined ? (
          "\u00a0"
        ) : (
          <>
            {people(now.value)} came in the 7 days to {newest},{" "}
            <b>{change(now.value, before.value)}</b>{" "}
            {before.value === 0
              ? "in the 7 days before"
              : now.value === before.value
                ? "as in the 7 days before"
                : `than the ${count(before.value)} of the 7 days before`}
            .
          </>
        )}
      </p>
      <dl className={styles.numbers}>
        <Figure name="People" value={inPeriod.value} note={sayPeriod(choice)} />
        <Figure name="Events" value={events.value} note={sayPeriod(choice)} />
        <Figure
          name="Events a person"
          value={inPeriod.value && events.value ? events.value / inPeriod.value : undefined}
          note={sayPeriod(choice)}
          fraction
        />
        <Figure
          name="People, last 7 days"
          value={now.value}
          note={<Difference now={now.value} before={before.value} />}
        />
      </dl>
    </Answering>
  );
}

function Figure({
  name,
  value,
  note,
  fraction = false,
}: {
  name: string;
  value: number | undefined;
  note: React.ReactNode;
  fraction?: boolean;
}) {
  const written =
    value === undefined
      ? "–"
      : fraction
        ? plain(value)
        : value >= 10_000_000
          ? compact(value)
          : count(value);
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd
        className={styles.value}
        title={value === undefined || fraction ? undefined : count(value)}
      >
        {written}
      </dd>
      <dd className={styles.note}>{note}</dd>
    </div>
  );
}

function Difference({ now, before }: { now: number | undefined; before: number | undefined }) {
  if (now === undefined || before === undefined) return <>&nbsp;</>;
  const difference = now - before;
  if (difference === 0) return <>as many as the 7 before</>;
  return (
    <>
      {difference > 0 ? "+" : "−"}
      {count(Math.abs(difference))} to the 7 before
    </>
  );
}

function usePeopleOf(period: Period | null): { value: number | undefined; waiting: boolean } {
  const { project } = useProject();
  const { segment } = useAsked();
  const asked = useReport(project.name, "paths", {
    kind: "paths",
    ...(period ? { period } : {}),
    ...(segment ? { segment } : {}),
  });
  return { value: asked.data?.people, waiting: asked.isPlaceholderData };
}

function useEventsOf(period: Period | null): { value: number | undefined; waiting: boolean } {
  const { project } = useProject();
  const { segment } = useAsked();
  const asked = useReport(project.name, "trend", {
    kind: "trend",
    series: [{ measure: "events" }],
    every: "month",
    ...(period ? { period } : {}),
    ...(segment ? { segment } : {}),
  });
  const points = asked.data?.series[0]?.points as [string, number][] | undefined;
  return {
    value: points?.reduce((sum, [, value]) => sum + value, 0),
    waiting: asked.isPlaceholderData,
  };
}
