// Formulas of a question, in which what it counts is called A, B, C in its order.

import { useState, type FormEvent } from "react";
import type { TrendFormula } from "../api/shapes";
import { Word } from "./sentence";
import styles from "./condition-form.module.css";

interface FormulaWordsProps {
  formulas: TrendFormula[];
  // What they may name: “A to C are the lines”.
  names: string;
  onChange: (formulas: TrendFormula[]) => void;
}

export function FormulaWords({ formulas, names, onChange }: FormulaWordsProps) {
  return formulas.map((one, at) => (
    <span key={at}>
      {"\u2060, and "}
      <Word says={one.name || one.formula} label={`Formula ${at + 1}: ${one.name || one.formula}`}>
        {(close) => (
          <FormulaForm
            formula={one}
            names={names}
            onDone={(changed) => {
              onChange(formulas.map((old, place) => (place === at ? changed : old)));
              close();
            }}
            onRemove={() => {
              onChange(formulas.filter((_, place) => place !== at));
              close();
            }}
          />
        )}
      </Word>
    </span>
  ));
}

interface FormulaFormProps {
  formula: TrendFormula;
  names: string;
  onDone: (formula: TrendFormula) => void;
  onRemove: () => void;
}

function FormulaForm({ formula: one, names, onDone, onRemove }: FormulaFormProps) {
  const [formula, setFormula] = useState(one.formula);
  const [name, setName] = useState(one.name ?? "");
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (formula.trim()) onDone({ formula: formula.trim(), name: name.trim() });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        Formula
        <input value={formula} data-autofocus onChange={(now) => setFormula(now.target.value)} />
      </label>
      <label>
        What it is called
        <input value={name} placeholder={formula} onChange={(now) => setName(now.target.value)} />
      </label>
      <p className={styles.none}>
        {names}; + − * / ( ), min, max, abs and sqrt. Division by zero leaves a gap.
      </p>
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!formula.trim()}>
          Use it
        </button>
        <button type="button" className={styles.remove} onClick={onRemove}>
          Remove it
        </button>
      </div>
    </form>
  );
}
