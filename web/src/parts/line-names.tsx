// The names of lines, each beside the end of its own and never on another; on a phone in a row
// below the picture.

import { Cut } from "./event-name";
import styles from "./line-chart.module.css";

const LINE_PX = 18;

interface LineNamesProps {
  lines: { name: string; colour: string }[];
  // Where each name begins, from the top of the picture; null where there is no room beside it.
  tops: number[] | null;
  width: number;
}

export function LineNames({ lines, tops, width }: LineNamesProps) {
  return (
    <ul
      className={tops ? styles.beside : styles.below}
      style={tops ? { width } : undefined}
      aria-hidden
    >
      {lines.map((line, at) => (
        <li key={line.name} style={{ color: line.colour, top: tops?.[at] }}>
          {!tops && <span className={styles.mark} style={{ background: line.colour }} />}
          <Cut name={line.name} />
        </li>
      ))}
    </ul>
  );
}

// Names keep the order of their lines' ends, and move down, then up, until none covers another.
export function placeNames(ends: number[], height: number): number[] {
  const order = ends.map((_, at) => at).sort((one, other) => (ends[one] ?? 0) - (ends[other] ?? 0));
  const tops = ends.map((end) => end - LINE_PX / 2);
  let free = 0;
  for (const at of order) {
    tops[at] = Math.max(tops[at] ?? 0, free);
    free = (tops[at] ?? 0) + LINE_PX;
  }
  let limit = height - LINE_PX;
  for (const at of order.reverse()) {
    tops[at] = Math.min(tops[at] ?? 0, limit);
    limit = (tops[at] ?? 0) - LINE_PX;
  }
  return tops;
}
