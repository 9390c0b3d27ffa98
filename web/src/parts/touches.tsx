// Where a person came from: the first and the last value of each thing that their events tell.

import type { Touch } from "../api/shapes";
import styles from "./person-parts.module.css";
import { When } from "./when";

export function Touches({ touches }: { touches: Touch[] }) {
  return (
    <div className={styles.touches} role="table" aria-label="First and last touch">
      <div role="row" className={styles.heads}>
        <span role="columnheader" className="unseen">
          What
        </span>
        <span role="columnheader">First touch</span>
        <span role="columnheader">Last touch</span>
      </div>
      {touches.map((one) => (
        <div role="row" key={one.name} className={styles.touch}>
          <span role="rowheader">{one.name.replaceAll("_", " ")}</span>
          <Told value={String(one.first)} instant={one.first_at} />
          <Told value={String(one.last)} instant={one.last_at} />
        </div>
      ))}
    </div>
  );
}

function Told({ value, instant }: { value: string; instant: string }) {
  return (
    <span role="cell" className={styles.told}>
      {value}
      <span className={styles.whence}>
        <When instant={instant} />
      </span>
    </span>
  );
}
