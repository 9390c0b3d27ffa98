// One condition of a step: a property, a test, a value. What cannot be read as the property's type
// is said at once.

import { useMemo, useState, type FormEvent } from "react";
import type { Condition } from "../api/shapes";
import { useProject } from "../frame/project";
import { makeCondition, testOf, TESTS, valueText, type Test } from "../words/condition";
import styles from "./condition-form.module.css";

interface ConditionFormProps {
  condition?: Condition;
  onDone: (condition: Condition) => void;
  onRemove?: () => void;
}

export function ConditionForm({ condition, onDone, onRemove }: ConditionFormProps) {
  const properties = useProperties();
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
    if (made) onDone(made);
  };
  if (properties.length === 0)
    return (
      <p className={styles.none}>
        No event of this project has carried a property yet, so there is nothing to ask about one.
      </p>
    );
  return (
    <form className={styles.form} onSubmit={submit}>
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

interface PickProps {
  label: string;
  value: string;
  options: [value: string, says: string][];
  onPick: (value: string) => void;
}

function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(change) => onPick(change.target.value)}>
        {options.map(([name, says]) => (
          <option key={name} value={name}>
            {says}
          </option>
        ))}
      </select>
    </label>
  );
}

// A property whose values have had two types is one word here; what is typed decides which is
// meant.
function useProperties(): { name: string; types: string[] }[] {
  const { schema } = useProject();
  return useMemo(() => {
    const known = new Map<string, string[]>();
    // A number before a text: “12” is meant as a number wherever it can be one.
    const numbersFirst = [...schema.properties].sort((one, other) =>
      one.type.localeCompare(other.type),
    );
    for (const { name, type } of numbersFirst) known.set(name, [...(known.get(name) ?? []), type]);
    return schema.properties
      .map(({ name }) => name)
      .filter((name, at, names) => names.indexOf(name) === at)
      .map((name) => ({ name, types: known.get(name) ?? [] }));
  }, [schema.properties]);
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
