// Two days, both included, the first not after the second.

import { useState, type FormEvent } from "react";
import styles from "./period-picker.module.css";

interface TwoDatesProps {
  from: string;
  to: string;
  onDone: (from: string, to: string) => void;
}

export function TwoDates({ from: first, to: last, onDone }: TwoDatesProps) {
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState(last);
  const backwards = from !== "" && to !== "" && from > to;
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (from && to && !backwards) onDone(from, to);
  };
  return (
    <form className={styles.dates} onSubmit={submit}>
      <label>
        From
        <input
          type="date"
          value={from}
          onChange={(typed) => setFrom(typed.target.value)}
          required
        />
      </label>
      <label>
        To
        <input type="date" value={to} onChange={(typed) => setTo(typed.target.value)} required />
      </label>
      {backwards && (
        <p className={styles.wrong} role="alert">
          The period ends before it begins.
        </p>
      )}
      <button type="submit" className={styles.apply} disabled={backwards}>
        Use these days
      </button>
    </form>
  );
}
