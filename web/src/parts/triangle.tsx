// The triangle of retention: a row for those who began together, a column for the time since, one
// hue for the share. It is a table, so it is its own reading for whoever cannot see the hue. The
// average stands above.

import type { RetentionAnswer } from "../api/shapes";
import { count, people, percent } from "../words/number";
import { day, interval } from "../words/time";
import styles from "./triangle.module.css";

type Cohort = RetentionAnswer["cohorts"][number];

// The share of all who had the time: cohorts too young for a column do not count in it.
export function averages(cohorts: Cohort[]): number[] {
  const columns = Math.max(0, ...cohorts.map((cohort) => cohort.people.length));
  return Array.from({ length: columns }, (_, at) => {
    const old = cohorts.filter((cohort) => cohort.people.length > at);
    const began = old.reduce((sum, cohort) => sum + cohort.size, 0);
    return began > 0 ? old.reduce((sum, cohort) => sum + (cohort.people[at] ?? 0), 0) / began : 0;
  });
}

export function Triangle({ cohorts, every }: { cohorts: Cohort[]; every: string }) {
  const average = averages(cohorts);
  // The darkest cell is the best return, not the first column, which is everyone.
  const most = Math.max(
    0.01,
    ...cohorts.flatMap((cohort) =>
      cohort.people.slice(1).map((value) => (cohort.size > 0 ? value / cohort.size : 0)),
    ),
  );
  return (
    <div
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label="Retention, scrolls sideways"
    >
      <table className={styles.table}>
        <caption className="unseen">
          Share of each group that came back, by {every}s since they began
        </caption>
        <Heads columns={average.length} every={every} />
        <tbody>
          <tr className={styles.average}>
            <th scope="row" className={styles.start}>
              All, on average
            </th>
            <td className={styles.size}>
              {count(cohorts.reduce((sum, cohort) => sum + cohort.size, 0))}
            </td>
            {average.map((share, at) => (
              <Shade
                key={at}
                share={share}
                at={at}
                most={most}
                title={`${percent(share)} on average`}
              />
            ))}
          </tr>
          {cohorts.map((cohort) => (
            <Row key={cohort.start} cohort={cohort} every={every} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heads({ columns, every }: { columns: number; every: string }) {
  return (
    <thead>
      <tr>
        <th scope="col" className={styles.start}>
          {every === "week" ? "Week of" : "Began"}
        </th>
        <th scope="col" className={styles.size}>
          People
        </th>
        {Array.from({ length: columns }, (_, at) => (
          <th scope="col" key={at}>
            {at === 0 ? `Same ${every}` : `+${at}`}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row({ cohort, every, most }: { cohort: Cohort; every: string; most: number }) {
  return (
    <tr>
      <th scope="row" className={styles.start}>
        {every === "week" ? day(cohort.start) : interval(cohort.start, every)}
      </th>
      <td className={styles.size}>{count(cohort.size)}</td>
      {cohort.people.map((value, at) => (
        <Shade
          key={at}
          share={cohort.size > 0 ? value / cohort.size : 0}
          at={at}
          most={most}
          title={`${people(value)} of ${count(cohort.size)}`}
        />
      ))}
    </tr>
  );
}

function Shade({
  share,
  at,
  most,
  title,
}: {
  share: number;
  at: number;
  most: number;
  title: string;
}) {
  const strength = at === 0 ? 0 : Math.min(1, share / most);
  return (
    <td className={styles.cell} title={title} style={{ "--strength": strength }}>
      {percent(share)}
    </td>
  );
}
