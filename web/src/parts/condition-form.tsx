// One condition: whose property, which, a test, a value. What cannot be read as the property's type
// is said at once.

import { useState, type FormEvent } from "react";
import type { Condition, Of } from "../api/shapes";
import { useProperties } from "../frame/project";
import { makeCondition, testOf, TESTS, valueText, type Test } from "../words/condition";
import { Pick, WHOSE_CHOICES } from "./pick";
import styles from "./condition-form.module.css";

interface ConditionFormProps {
  condition?: Condition;
  // Whose properties can be meant.
  of?: Of[];
  onDone: (condition: Condition) => void;
  onRemove?: () => void;
}

const ANYONES: Of[] = ["event", "visit", "person"];

export function ConditionForm({ condition, of = ANYONES, onDone, onRemove }: ConditionFormProps) {
  const properties = useProperties();
  const [whose, setWhose] = useState<Of>(condition?.of ?? of[0] ?? "event");
  const [property, setProperty] = useState(condition?.property ?? properties[0]?.name ?? "");
  const [test, setTest] = useState<Test>(condition ? testOf(condition) : "is");
  const [typed, setTyped] = useState(condition ? startingText(condition) : "");
  const types = properties.find((one) => one.name === property)?.types ?? ["text"];
  const type = types.find((one) => makeCondition(property, one, test, typed)) ?? types[0] ?? "text";
  const tests = TESTS.filter((one) => one.types.some((fits) => types.includes(fits)));
  const usable = tests.some((one) => one.test === test) ? test : "is";
  const made = makeCondition(property, type, usable, typed);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (made) onDone(whose === "event" ? made : { ...made, of: whose });
  };
  if (properties.length === 0)
    return (
      <p className={styles.none}>
        Nothing in this project has carried a property yet, so there is nothing to ask about one.
      </p>
    );
  return (
    <form className={styles.form} onSubmit={submit}>
      {of.length > 1 && (
        <Pick
          label="Property of"
          value={whose}
          options={WHOSE_CHOICES.filter(([one]) => of.includes(one))}
          onPick={(picked) => setWhose(picked as Of)}
        />
      )}
      <Pick
        label="Property"
        value={property}
        options={properties.map((one) => [one.name, one.name])}
        onPick={setProperty}
      />
      <Pick
        label="Test"
        value={usable}
        options={tests.map((one) => [one.test, one.says])}
        onPick={(picked) => setTest(picked as Test)}
      />
      <Value test={usable} type={type} typed={typed} onType={setTyped} />
      {typed.trim() !== "" && !made && (
        <p className={styles.wrong} role="alert">
          “{property}” is a {types.join(" or a ")}; “{typed}” cannot be read as one.
        </p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!made}>
          Use it
        </button>
        {onRemove && (
          <button type="button" className={styles.remove} onClick={onRemove}>
            Remove the condition
          </button>
        )}
      </div>
    </form>
  );
}

function Value({
  test,
  type,
  typed,
  onType,
}: {
  test: Test;
  type: string;
  typed: string;
  onType: (typed: string) => void;
}) {
  if (test === "is_set" || type === "flag") {
    return (
      <label>
        Value
        <select
          value={typed === "no" ? "no" : "yes"}
          ref={(box) => {
            if (box && typed === "") onType("yes");
          }}
          onChange={(change) => onType(change.target.value)}
        >
          <option value="yes">yes</option>
          <option value="no">no</option>
        </select>
      </label>
    );
  }
  const several = test === "is" || test === "is_not";
  return (
    <label>
      Value
      <input
        value={typed}
        onChange={(change) => onType(change.target.value)}
        inputMode={type === "number" ? "decimal" : "text"}
        placeholder={several ? "one, or several with commas" : ""}
      />
    </label>
  );
}

function startingText(condition: Condition): string {
  const text = valueText(condition);
  return text === "true" ? "yes" : text === "false" ? "no" : text;
}
