// Descending bars: each as high as its share of the first step; the hatched part is who was lost on
// the way to it. Both open their people. Between two bars stands how long half of the people took.
// On a phone the picture turns: bars lie, steps go down.

import type { FunnelAnswer, FunnelCell, FunnelStepAnswer } from "../api/shapes";
import { count, people, share } from "../words/number";
import { lasting } from "../words/time";
import { EventName } from "./event-name";
import styles from "./funnel-bars.module.css";

// A bar that nearly fills the height has no room for its share above it.
const INSIDE_FROM = 0.85;

interface FunnelBarsProps {
  answer: FunnelAnswer;
  onOpen: (cell: FunnelCell) => void;
}

export function FunnelBars({ answer, onOpen }: FunnelBarsProps) {
  const [first] = answer.steps;
  return (
    <ol className={styles.bars} aria-label="Steps of the funnel">
      {answer.steps.map((step, at) => (
        <Bar
          key={at}
          at={at}
          step={step}
          before={requiredBefore(answer.steps, at)}
          first={first?.count ?? 0}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

// Nobody is lost before an optional step, and what comes after it follows on the one before it.
export const requiredBefore = (steps: FunnelStepAnswer[], at: number): number | null =>
  (steps[at]?.optional
    ? undefined
    : steps.slice(0, at).findLast((step) => !step.optional)?.count) ?? null;

interface BarProps {
  at: number;
  step: FunnelStepAnswer;
  before: number | null;
  first: number;
  onOpen: (cell: FunnelCell) => void;
}

function Bar({ at, step, before, first, onOpen }: BarProps) {
  const reached = step.count;
  const lost = before === null ? 0 : before - reached;
  const says = `step ${at + 1}, ${step.name || step.event}`;
  const part = (value: number) => `${first > 0 ? (100 * value) / first : 0}%`;
  return (
    <li className={styles.step}>
      <div className={styles.name}>
        <span className={styles.number}>{at + 1}</span>
        <EventName event={step.event} {...(step.name ? { says: step.name } : {})} />
      </div>
      <div className={styles.well}>
        {lost > 0 && before !== null && (
          <button
            type="button"
            className={styles.lost}
            style={{ "--from": part(reached), "--size": part(lost) }}
            onClick={() => onOpen({ step: at + 1, reached: false })}
            aria-label={`Lost before ${says}: ${people(lost)}, ${share(lost, before)}. Show them.`}
          />
        )}
        <button
          type="button"
          className={styles.reached}
          style={{ "--size": part(reached) }}
          data-optional={step.optional || undefined}
          disabled={reached === 0}
          onClick={() => onOpen({ step: at + 1, reached: true })}
          aria-label={`S${says.slice(1)}: ${people(reached)}, ${share(reached, first)}. Show them.`}
        />
        <span
          className={styles.share}
          data-inside={reached > INSIDE_FROM * first || undefined}
          style={{ "--size": part(reached) }}
          aria-hidden
        >
          {share(reached, first)}
        </span>
      </div>
      <div className={styles.figures}>
        <span className={styles.people}>{count(reached)}</span>
        {at > 0 && (
          <span className={styles.gone}>
            {step.optional
              ? "optional"
              : lost > 0 && before !== null
                ? `${share(lost, before)} lost`
                : "none lost"}
          </span>
        )}
        {typeof step.median_seconds === "number" && (
          <span className={styles.took} title="Half of those who came here took no longer">
            after {lasting(step.median_seconds)}
          </span>
        )}
      </div>
    </li>
  );
}
