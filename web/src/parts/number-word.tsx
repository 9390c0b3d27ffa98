// A whole number as a word of a question.

import { useState, type FormEvent } from "react";
import { Word } from "./sentence";
import styles from "./condition-form.module.css";

interface NumberWordProps {
  label: string;
  value: number;
  least: number;
  most: number;
  // What choosing none is called, where that is possible; it is told as null.
  none?: string;
  onChange: (value: number | null) => void;
}

export function NumberWord(props: NumberWordProps) {
  return (
    <Word says={String(props.value)} label={`${props.label}: ${props.value}`} width={230}>
      {(close) => <NumberForm {...props} close={close} />}
    </Word>
  );
}

function NumberForm(props: NumberWordProps & { close: () => void }) {
  const { label, value, least, most, none, onChange, close } = props;
  const [typed, setTyped] = useState(String(value));
  const number = Number(typed);
  const usable =
    typed.trim() !== "" && Number.isInteger(number) && number >= least && number <= most;
  const done = (chosen: number | null) => {
    onChange(chosen);
    close();
  };
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (usable) done(number);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        {label}
        <input
          value={typed}
          inputMode="numeric"
          data-autofocus
          onChange={(now) => setTyped(now.target.value)}
        />
      </label>
      {!usable && (
        <p className={styles.wrong} role="alert">
          A whole number from {least} to {most}.
        </p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!usable}>
          Use it
        </button>
        {none && (
          <button type="button" className={styles.remove} onClick={() => done(null)}>
            {none}
          </button>
        )}
      </div>
    </form>
  );
}
