// Expects a name before it has arrived.

import { useState, type FormEvent } from "react";
import { useDescribe, useNames, type NameKind } from "../api/names";
import type { PropertyEntry } from "../api/shapes";
import { useProject } from "../frame/project";
import { Pick } from "./pick";
import { ProblemNote } from "./problem-note";
import styles from "./name-editor.module.css";

type Type = NonNullable<PropertyEntry["planned"]>;

const TYPES: [Type, string][] = [
  ["text", "a text"],
  ["number", "a number"],
  ["flag", "a flag"],
];

interface PlanNameProps {
  kind: NameKind;
  onPlanned: (name: string) => void;
}

export function PlanName({ kind, onPlanned }: PlanNameProps) {
  const { project } = useProject();
  const events = useDescribe(project.name, "events");
  const properties = useDescribe(project.name, "properties");
  const known = useNames(project.name, kind);
  const [typed, setTyped] = useState("");
  const [type, setType] = useState<Type>("text");
  const one = kind === "events" ? "event" : "property";
  const plan = (sent: FormEvent) => {
    sent.preventDefault();
    const name = typed.trim();
    const onSuccess = () => {
      setTyped("");
      onPlanned(name);
    };
    // Of a name that is there already, what else is said stays.
    const { planned: _, ...said } = known.data?.find((own) => own.name === name)?.entry ?? {};
    if (kind === "events") events.mutate({ name, entry: { ...said, planned: true } }, { onSuccess });
    else properties.mutate({ name, entry: { ...said, planned: type } }, { onSuccess });
  };
  const { error } = kind === "events" ? events : properties;
  return (
    <form className={styles.plan} onSubmit={plan}>
      <input
        value={typed}
        placeholder={`Name of an expected ${one}`}
        aria-label={`Name of an expected ${one}`}
        onChange={(change) => setTyped(change.target.value)}
      />
      {kind === "properties" && (
        <Pick
          label="as"
          value={type}
          options={TYPES}
          onPick={(picked) => setType(picked as Type)}
        />
      )}
      <button type="submit" disabled={!typed.trim() || !known.data}>
        Plan this {one}
      </button>
      {error !== null && <ProblemNote failure={error} />}
    </form>
  );
}
