// The answer in words and one number, before any picture: what share came through, and where most
// are lost.

import type { FunnelAnswer } from "../api/shapes";
import { count, list, people, percent, points, share } from "../words/number";
import styles from "./answer.module.css";

interface Told {
  answer: FunnelAnswer;
  within: string;
  before: FunnelAnswer | null;
  beforeSays: string;
}

export function FunnelWords({ answer, within, before, beforeSays }: Told) {
  const steps = answer.steps;
  const first = steps[0];
  const last = steps.at(-1);
  if (!first || !last) return null;
  const names = steps.slice(1).map((step) => step.event);
  const alone = steps.length === 1;
  return (
    <div className={styles.answer} aria-live="polite">
      <p className={styles.number}>
        {alone ? count(first.people) : percent(last.conversion)}
        <span className={styles.unit}>{alone ? "people" : "converted"}</span>
      </p>
      <p className={styles.words}>
        {alone ? (
          <>
            {people(first.people)} did {first.event}. Choose a next step to see how many went on.
          </>
        ) : (
          <>
            {count(last.people)} of the {people(first.people)} who did {first.event} then did{" "}
            {list(names)} within {within}.{" "}
            <Comparison
              last={last.conversion}
              before={before?.steps.at(-1)?.conversion}
              says={beforeSays}
            />{" "}
            <Largest answer={answer} />
          </>
        )}
      </p>
    </div>
  );
}

function Comparison({
  last,
  before,
  says,
}: {
  last: number;
  before: number | undefined;
  says: string;
}) {
  if (before === undefined) return null;
  return (
    <>
      That is {points(last, before)} {says} ({percent(before)}).
    </>
  );
}

function Largest({ answer }: { answer: FunnelAnswer }) {
  const losses = answer.steps.slice(1).map((step, at) => {
    const from = answer.steps[at];
    return {
      from: from?.event ?? "",
      to: step.event,
      lost: (from?.people ?? 0) - step.people,
      of: from?.people ?? 0,
    };
  });
  const most = losses.reduce<(typeof losses)[number] | null>(
    (worst, one) => (one.lost > (worst?.lost ?? 0) ? one : worst),
    null,
  );
  if (!most) return <>Nobody is lost on the way.</>;
  if (losses.length === 1)
    return (
      <>
        {people(most.lost)} did not, {share(most.lost, most.of)}.
      </>
    );
  return (
    <>
      Most are lost between {most.from} and {most.to}: {people(most.lost)},{" "}
      {share(most.lost, most.of)} of those who got there.
    </>
  );
}
