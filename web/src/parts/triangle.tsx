// The triangle of those who began together: a row for each group, a column for the time since, one
// hue for the share. What is not over yet is hatched. It is a table, so it is its own reading for
// whoever cannot see the hue.

import type { ReactNode } from "react";
import { sayValue } from "../words/breakdown";
import { count } from "../words/number";
import { day, interval } from "../words/time";
import styles from "./triangle.module.css";

export interface Row {
  start: string;
  value: string[];
  size: number;
  // How many columns are over.
  finished: number;
}

export interface Shown {
  // What stands in the cell, how deep its hue is (0 to 1), and what it says on hover.
  says: ReactNode;
  strength: number;
  title: string;
  opens?: () => void;
}

interface TriangleProps<Of extends Row> {
  caption: string;
  every: string;
  heads: string[];
  average: (Shown | null)[];
  // What the first row is called.
  averageSays?: string;
  rows: Of[];
  cell: (row: Of, at: number) => Shown | null;
}

export function Triangle<Of extends Row>(props: TriangleProps<Of>) {
  const { caption, every, heads, average, rows, cell } = props;
  const { averageSays = "All, on average" } = props;
  return (
    <div
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label={`${caption}, scrolls sideways`}
    >
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.start}>
              {every === "week" ? "Week of" : "Began"}
            </th>
            <th scope="col" className={styles.size}>
              People
            </th>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className={styles.average}>
            <th scope="row" className={styles.start}>
              {averageSays}
            </th>
            <td className={styles.size}>{count(rows.reduce((sum, row) => sum + row.size, 0))}</td>
            {heads.map((head, at) => (
              <Shade key={head} shown={average[at] ?? null} />
            ))}
          </tr>
          {rows.map((row) => (
            <tr key={row.start + sayValue(row.value)}>
              <th scope="row" className={styles.start}>
                {every === "week" ? day(row.start) : interval(row.start, every)}
                {row.value.length > 0 && (
                  <span className={styles.value}>{sayValue(row.value)}</span>
                )}
              </th>
              <td className={styles.size}>{count(row.size)}</td>
              {heads.map((head, at) => (
                <Shade key={head} shown={cell(row, at)} open={at >= row.finished} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Shade({ shown, open = false }: { shown: Shown | null; open?: boolean }) {
  if (!shown) return <td className={styles.cell} data-empty />;
  const title = open ? `${shown.title}; not over yet` : shown.title;
  return (
    <td
      className={styles.cell}
      title={title}
      data-open={open || undefined}
      style={{ "--strength": Math.max(0, Math.min(1, shown.strength)) }}
    >
      {shown.opens ? (
        <button type="button" onClick={shown.opens} aria-label={`${title}. Show them.`}>
          {shown.says}
        </button>
      ) : (
        shown.says
      )}
    </td>
  );
}
