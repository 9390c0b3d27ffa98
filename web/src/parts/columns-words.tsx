// The columns of a question about those who began together: so many intervals, or brackets of days.

import { useState, type FormEvent } from "react";
import { readBuckets } from "../words/breakdown";
import { PERIODS_MAX, PERIODS_USUAL, type Begin } from "../words/retention";
import { NumberWord } from "./number-word";
import { Word } from "./sentence";
import styles from "./condition-form.module.css";

interface ColumnsWordsProps<Question extends Begin> {
  question: Question;
  onChange: (question: Question) => void;
}

export function ColumnsWords<Question extends Begin>(props: ColumnsWordsProps<Question>) {
  const { question, onChange } = props;
  const { brackets, every = "week", periods = PERIODS_USUAL } = question;
  if (brackets) {
    const says = `days ${brackets.join(", ")}`;
    return (
      <Word says={says} label={`Brackets: ${says}`}>
        {(close) => (
          <BracketsForm
            brackets={brackets}
            onDone={(changed) => {
              onChange({ ...question, brackets: changed });
              close();
            }}
          />
        )}
      </Word>
    );
  }
  return (
    <>
      each of{" "}
      <NumberWord
        label="Intervals"
        value={periods}
        least={2}
        most={PERIODS_MAX}
        onChange={(chosen) => onChange({ ...question, periods: chosen ?? undefined })}
      />{" "}
      {every}s
    </>
  );
}

interface BracketsFormProps {
  brackets: number[];
  onDone: (brackets: number[] | undefined) => void;
}

function BracketsForm({ brackets, onDone }: BracketsFormProps) {
  const [typed, setTyped] = useState(brackets.join(", "));
  const edges = readBuckets(typed);
  const usable =
    edges !== null && edges.length > 1 && edges.every((day) => Number.isInteger(day) && day > 0);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (usable) onDone(edges);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        Days at which a column begins
        <input value={typed} data-autofocus onChange={(now) => setTyped(now.target.value)} />
      </label>
      {!usable && (
        <p className={styles.wrong} role="alert">
          Write days from the first to the last, with commas: 1, 3, 7, 30.
        </p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!usable}>
          Use it
        </button>
        <button type="button" className={styles.remove} onClick={() => onDone(undefined)}>
          Whole intervals
        </button>
      </div>
    </form>
  );
}
