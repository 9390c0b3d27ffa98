// Bars of several parts over time: what adds stands above the line, what takes away below it. Each
// part opens its people.

import { count } from "../words/number";
import styles from "./stacks.module.css";

export interface Part {
  name: string;
  colour: string;
  below?: boolean;
}

interface StacksProps {
  label: string;
  parts: Part[];
  bars: { name: string; short: string; values: number[] }[];
  onOpen: (bar: number, part: number) => void;
}

const HEIGHT = 260;

export function Stacks({ label, parts, bars, onOpen }: StacksProps) {
  const side = (values: number[], below: boolean) =>
    values.reduce((sum, value, at) => sum + (Boolean(parts[at]?.below) === below ? value : 0), 0);
  const above = Math.max(1, ...bars.map((bar) => side(bar.values, false)));
  const below = Math.max(0, ...bars.map((bar) => side(bar.values, true)));
  const scale = HEIGHT / (above + below);
  const segments = (bar: StacksProps["bars"][number], at: number, under: boolean) =>
    bar.values.map((value, place) => {
      const part = parts[place];
      if (!part || Boolean(part.below) !== under || value === 0) return null;
      const says = `${bar.name}, ${part.name}: ${count(value)}`;
      return (
        <button
          key={part.name}
          type="button"
          className={styles.part}
          style={{ height: value * scale, background: part.colour }}
          title={says}
          aria-label={`${says}. Show them.`}
          onClick={() => onOpen(at, place)}
        />
      );
    });
  return (
    <figure className={styles.figure} aria-label={label}>
      <ul className={styles.legend} aria-hidden>
        {parts.map((part) => (
          <li key={part.name}>
            <span style={{ background: part.colour }} />
            {part.name}
          </li>
        ))}
      </ul>
      <ol className={styles.bars}>
        {bars.map((bar, at) => (
          <li key={bar.name}>
            <div className={styles.above} style={{ height: above * scale }}>
              {segments(bar, at, false)}
            </div>
            <div className={styles.below} style={{ height: below * scale }}>
              {segments(bar, at, true)}
            </div>
            <span className={styles.name} title={bar.name}>
              {bar.short}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
