// Events that a path shows under one name, by a pattern of their own names.

import { useState, type FormEvent } from "react";
import type { PathsDefinition } from "../api/shapes";
import { Word } from "./sentence";
import styles from "./condition-form.module.css";

type Group = NonNullable<PathsDefinition["groups"]>[number];

interface PatternWordsProps {
  groups: Group[];
  onChange: (groups: Group[]) => void;
}

export function PatternWords({ groups, onChange }: PatternWordsProps) {
  return groups.map((group, at) => {
    const says = `${group.pattern ?? group.event ?? "all"} as “${group.name}”`;
    return (
      <span key={at}>
        {", "}
        <Word says={says} label={`Group ${at + 1}: ${says}`}>
          {(close) => (
            <PatternForm
              group={group}
              onDone={(changed) => {
                onChange(groups.map((one, place) => (place === at ? changed : one)));
                close();
              }}
              onRemove={() => {
                onChange(groups.filter((_, place) => place !== at));
                close();
              }}
            />
          )}
        </Word>
      </span>
    );
  });
}

interface PatternFormProps {
  group: Group;
  onDone: (group: Group) => void;
  onRemove: () => void;
}

function PatternForm({ group, onDone, onRemove }: PatternFormProps) {
  const [name, setName] = useState(group.name);
  const [pattern, setPattern] = useState(group.pattern ?? "");
  const usable = name.trim() !== "" && pattern.trim() !== "";
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (usable) onDone({ name: name.trim(), pattern: pattern.trim() });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        Events whose name matches
        <input value={pattern} data-autofocus onChange={(now) => setPattern(now.target.value)} />
      </label>
      <label>
        are shown as
        <input value={name} onChange={(now) => setName(now.target.value)} />
      </label>
      <p className={styles.none}>A regular expression: ^One-on-one, Viewed$, (Opened|Logged In).</p>
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!usable}>
          Use it
        </button>
        <button type="button" className={styles.remove} onClick={onRemove}>
          Remove it
        </button>
      </div>
    </form>
  );
}
