// How long something took: bars of unequal spans, each as high as it is frequent, and the figures
// one asks for beside it.

import type { Durations } from "../api/shapes";
import { count, people } from "../words/number";
import { lasting } from "../words/time";
import styles from "./histogram.module.css";

const FIGURES: { name: string; of: (durations: Durations) => number }[] = [
  { name: "Median", of: (durations) => durations.median },
  { name: "Mean", of: (durations) => durations.mean },
  { name: "Three in four", of: (durations) => durations.p75 },
  { name: "Nine in ten", of: (durations) => durations.p90 },
  { name: "99 in 100", of: (durations) => durations.p99 },
];

export function Histogram({ durations }: { durations: Durations }) {
  const bars = trimmed(durations.histogram);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <div className={styles.whole}>
      <dl className={styles.figures}>
        {FIGURES.map(({ name, of }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{lasting(of(durations))}</dd>
          </div>
        ))}
      </dl>
      <ol className={styles.bars} aria-label={`How long ${people(durations.count)} took`}>
        {bars.map((bar) => {
          const says =
            bar.to === null
              ? `over ${lasting(bar.from)}`
              : `${lasting(bar.from)} – ${lasting(bar.to)}`;
          return (
            <li key={bar.from} title={`${says}: ${count(bar.count)}`}>
              <span className="unseen">
                {says}: {count(bar.count)}
              </span>
              <span className={styles.well} aria-hidden>
                <span className={styles.bar} style={{ height: `${(100 * bar.count) / most}%` }} />
              </span>
              <span className={styles.edge} aria-hidden>
                {lasting(bar.from)}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

// From the first bar that holds somebody to the last.
function trimmed(bars: Durations["histogram"]): Durations["histogram"] {
  const held = bars.map((bar) => bar.count > 0);
  const first = held.indexOf(true);
  return first < 0 ? [] : bars.slice(first, held.lastIndexOf(true) + 1);
}
