// How long people have: the usual windows, or any number of any unit.

import { useState, type FormEvent } from "react";
import styles from "./condition-form.module.css";
import choices from "./sentence.module.css";

const USUAL = ["10 minutes", "1 hour", "1 day", "7 days", "14 days", "30 days", "365 days"];
const UNITS = ["minutes", "hours", "days", "weeks"];
const LENGTH_MAX = 999;

interface WindowFormProps {
  within: string;
  onDone: (within: string) => void;
}

export function WindowForm({ within, onDone }: WindowFormProps) {
  return (
    <>
      <ul className={choices.choices}>
        {USUAL.map((one) => (
          <li key={one}>
            <button
              type="button"
              className={choices.choice}
              aria-pressed={one === within}
              onClick={() => onDone(one)}
            >
              {one}
            </button>
          </li>
        ))}
      </ul>
      <OtherLength within={within} onDone={onDone} />
    </>
  );
}

function OtherLength({ within, onDone }: WindowFormProps) {
  const [number, unit] = within.split(" ") as [string, string];
  const [length, setLength] = useState(number);
  const [of, setOf] = useState(unit.endsWith("s") ? unit : `${unit}s`);
  const whole = Number(length);
  const usable = Number.isInteger(whole) && whole > 0 && whole <= LENGTH_MAX;
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (usable) onDone(`${whole} ${whole === 1 ? of.slice(0, -1) : of}`);
  };
  return (
    <form className={`${styles.form} ${styles.after}`} onSubmit={submit}>
      <label>
        Or another length
        <span className={styles.pair}>
          <input
            value={length}
            onChange={(typed) => setLength(typed.target.value)}
            inputMode="numeric"
            aria-label="Length of the window"
          />
          <select
            value={of}
            onChange={(chosen) => setOf(chosen.target.value)}
            aria-label="Unit of the window"
          >
            {UNITS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </span>
      </label>
      {!usable && (
        <p className={styles.wrong} role="alert">
          A whole number from 1 to {LENGTH_MAX}.
        </p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!usable}>
          Use it
        </button>
      </div>
    </form>
  );
}
