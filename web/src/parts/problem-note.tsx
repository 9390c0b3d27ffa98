// What failed, where, and what now. It stands beside what was typed and takes nothing away.

import { Problem } from "../api/client";
import styles from "./problem-note.module.css";

// Asking again helps when the server was away, not when it understood and refused.
const passing = (problem: Problem): boolean => problem.status === 0 || problem.status >= 500;

export function ProblemNote({ failure, again }: { failure: unknown; again?: () => void }) {
  const problem =
    failure instanceof Problem
      ? failure
      : new Problem(
          0,
          "The page made a mistake",
          failure instanceof Error ? failure.message : String(failure),
          "",
          "Reload the page.",
        );
  return (
    <section className={styles.note} role="alert">
      <h2 className={styles.title}>{problem.title}</h2>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.where && (
        <p className={styles.where}>
          Where: <code>{problem.where}</code>
        </p>
      )}
      {problem.mend && <p className={styles.mend}>{problem.mend}</p>}
      {again && passing(problem) && (
        <button type="button" className={styles.again} onClick={again}>
          Try again
        </button>
      )}
    </section>
  );
}
