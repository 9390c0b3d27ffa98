// Descending bars: each as high as its share of the first step; the hatched part is who was lost on
// the way to it. Both open their people. On a phone the picture turns: bars lie, steps go down.

import type { FunnelAnswer } from "../api/shapes";
import { count, people, share } from "../words/number";
import { EventName } from "./event-name";
import styles from "./funnel-bars.module.css";

export interface Cell {
  step: number;
  reached: boolean;
}

interface FunnelBarsProps {
  answer: FunnelAnswer;
  onOpen: (cell: Cell) => void;
}

export function FunnelBars({ answer, onOpen }: FunnelBarsProps) {
  const first = answer.steps[0]?.people ?? 0;
  return (
    <ol className={styles.bars} aria-label="Steps of the funnel">
      {answer.steps.map((step, at) => (
        <Bar
          key={at}
          at={at}
          event={step.event}
          reached={step.people}
          before={at === 0 ? first : (answer.steps[at - 1]?.people ?? 0)}
          first={first}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

interface BarProps {
  at: number;
  event: string;
  reached: number;
  before: number;
  first: number;
  onOpen: (cell: Cell) => void;
}

function Bar({ at, event, reached, before, first, onOpen }: BarProps) {
  const lost = before - reached;
  const step = `step ${at + 1}, ${event}`;
  const part = (value: number) => `${first > 0 ? (100 * value) / first : 0}%`;
  return (
    <li className={styles.step}>
      <div className={styles.name}>
        <span className={styles.number}>{at + 1}</span>
        <EventName event={event} />
      </div>
      <div className={styles.well}>
        {lost > 0 && (
          <button
            type="button"
            className={styles.lost}
            style={{ "--from": part(reached), "--size": part(lost) }}
            onClick={() => onOpen({ step: at + 1, reached: false })}
            aria-label={`Lost before ${step}: ${people(lost)}, ${share(lost, before)}. Show them.`}
          />
        )}
        <button
          type="button"
          className={styles.reached}
          style={{ "--size": part(reached) }}
          disabled={reached === 0}
          onClick={() => onOpen({ step: at + 1, reached: true })}
          aria-label={`S${step.slice(1)}: ${people(reached)}, ${share(reached, first)}. Show them.`}
        />
        <span className={styles.share} style={{ "--size": part(reached) }} aria-hidden>
          {share(reached, first)}
        </span>
      </div>
      <div className={styles.figures}>
        <span className={styles.people}>{count(reached)}</span>
        {at > 0 && (
          <span className={styles.gone}>
            {lost > 0 ? `${share(lost, before)} lost` : "none lost"}
          </span>
        )}
      </div>
    </li>
  );
}
