// The answer in words and one number, before any picture: what share came through, and where most
// are lost.

import type { FunnelAnswer, FunnelStepAnswer } from "../api/shapes";
import { count, list, people, percent, points, share } from "../words/number";
import styles from "./answer.module.css";

interface Told {
  answer: FunnelAnswer;
  within: string;
  counted: string;
  before: FunnelAnswer | null;
  beforeSays: string;
}

export function FunnelWords({ answer, within, counted, before, beforeSays }: Told) {
  const steps = answer.steps.filter((step) => !step.optional);
  const first = steps[0];
  const last = steps.at(-1);
  if (!first || !last) return null;
  const names = steps.slice(1).map(nameOf);
  const told = counted === "people" ? people : (value: number) => `${count(value)} ${counted}`;
  const alone = steps.length === 1;
  return (
    <div className={styles.answer} aria-live="polite">
      <p className={styles.number}>
        {alone ? count(first.count) : percent(last.conversion)}
        <span className={styles.unit}>{alone ? counted : "converted"}</span>
      </p>
      <p className={styles.words}>
        {alone ? (
          <>
            {told(first.count)} did {nameOf(first)}. Choose a next step to see how many went on.
          </>
        ) : (
          <>
            {count(last.count)} of the {told(first.count)}{" "}
            {counted === "people" ? "who did" : "with"} {nameOf(first)} then did {list(names)}{" "}
            within {within}.{" "}
            <Comparison
              last={last.conversion}
              before={before?.steps.at(-1)?.conversion}
              says={beforeSays}
            />{" "}
            <Largest steps={steps} says={told} />
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

interface LargestProps {
  steps: FunnelStepAnswer[];
  says: (value: number) => string;
}

function Largest({ steps, says }: LargestProps) {
  const losses = steps.slice(1).map((step, at) => {
    const from = steps[at];
    const of = from?.count ?? 0;
    return { from: from ? nameOf(from) : "", to: nameOf(step), lost: of - step.count, of };
  });
  const most = losses.reduce<(typeof losses)[number] | null>(
    (worst, one) => (one.lost > (worst?.lost ?? 0) ? one : worst),
    null,
  );
  if (!most) return <>Nobody is lost on the way.</>;
  if (losses.length === 1)
    return (
      <>
        {says(most.lost)} did not, {share(most.lost, most.of)}.
      </>
    );
  return (
    <>
      Most are lost between {most.from} and {most.to}: {says(most.lost)},{" "}
      {share(most.lost, most.of)} of those who got there.
    </>
  );
}

const nameOf = (step: FunnelStepAnswer): string => step.name || step.event;
