// A length of time: the usual ones, or any number of any unit.

import { useState, type FormEvent } from "react";
import styles from "./condition-form.module.css";
import choices from "./sentence.module.css";

const UNITS = ["minutes", "hours", "days", "weeks"];
const LENGTH_MAX = 999;

interface DurationFormProps {
  duration: string;
  usual: string[];
  // Said before each of the usual ones.
  lead?: string;
  // What stands for no limit, where that can be chosen; it is told as no text.
  none?: string;
  onDone: (duration: string) => void;
}

export function DurationForm({ duration, usual, lead = "", none, onDone }: DurationFormProps) {
  const offered = none ? ["", ...usual] : usual;
  return (
    <>
      <ul className={choices.choices}>
        {offered.map((one) => (
          <li key={one}>
            <button
              type="button"
              className={choices.choice}
              aria-pressed={one === duration}
              onClick={() => onDone(one)}
            >
              {one ? lead + one : none}
            </button>
          </li>
        ))}
      </ul>
      <OtherLength duration={duration} onDone={onDone} />
    </>
  );
}

function OtherLength({ duration, onDone }: Pick<DurationFormProps, "duration" | "onDone">) {
  const [number = "", unit = "days"] = duration.split(" ").filter(Boolean);
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
      {length !== "" && !usable && (
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
