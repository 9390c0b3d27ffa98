// By which properties a question is broken down: up to five, of the event, its visit or its person;
// numbers can be put together in buckets.

import { IconX } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import type { Breakdown, Dimension, Of } from "../api/shapes";
import { useProperties } from "../frame/project";
import { readBuckets, sayBreakdown, sayDimension, VALUES_USUAL } from "../words/breakdown";
import { Pick, WHOSE_CHOICES } from "./pick";
import { Word } from "./sentence";
import styles from "./condition-form.module.css";
import word from "./event-word.module.css";

const DIMENSIONS_MAX = 5;
const LIMITS = [3, 5, 8, 20, 50, 200];

interface BreakdownWordProps {
  breakdown: Breakdown | undefined;
  onChange: (breakdown: Breakdown | undefined) => void;
}

// “, by plan”: nothing while there is no breakdown.
export function BreakdownWords({ breakdown, onChange }: BreakdownWordProps) {
  if (!breakdown) return null;
  return (
    <>
      , by{" "}
      <Word says={sayBreakdown(breakdown)} label={`By: ${sayBreakdown(breakdown)}`}>
        {(close) => <BreakdownForm breakdown={breakdown} onChange={onChange} close={close} />}
      </Word>
    </>
  );
}

// The quiet word that begins a breakdown, after the question.
export function AddBreakdown({ breakdown, onChange }: BreakdownWordProps) {
  if (breakdown) return null;
  return (
    <Word says={<span className={word.quiet}>+ by a property</span>} label="By a property">
      {(close) => (
        <DimensionForm
          onDone={(one) => {
            onChange({ by: [one], limit: VALUES_USUAL });
            close();
          }}
        />
      )}
    </Word>
  );
}

interface BreakdownFormProps {
  breakdown: Breakdown;
  onChange: BreakdownWordProps["onChange"];
  close: () => void;
}

function BreakdownForm({ breakdown, onChange, close }: BreakdownFormProps) {
  const { by, limit = VALUES_USUAL } = breakdown;
  const [adding, setAdding] = useState(false);
  const put = (changed: Dimension[]) =>
    onChange(changed.length > 0 ? { ...breakdown, by: changed } : undefined);
  if (adding)
    return (
      <DimensionForm
        onDone={(one) => {
          put([...by, one]);
          close();
        }}
      />
    );
  return (
    <div className={styles.form}>
      <ul className={styles.items}>
        {by.map((one, at) => (
          <li key={at}>
            <span>
              {sayDimension(one)}
              {one.buckets && one.buckets.length > 0 && ` in ${one.buckets.join(", ")}`}
            </span>
            <button
              type="button"
              aria-label={`No longer by ${sayDimension(one)}`}
              onClick={() => put(by.filter((_, place) => place !== at))}
            >
              <IconX size={15} />
            </button>
          </li>
        ))}
      </ul>
      <Pick
        label="Values shown, the rest as one"
        value={String(limit)}
        options={[...new Set([...LIMITS, limit])]
          .sort((one, other) => one - other)
          .map((one) => [String(one), String(one)])}
        onPick={(picked) => onChange({ ...breakdown, limit: Number(picked) })}
      />
      {by.length < DIMENSIONS_MAX && (
        <div className={styles.ends}>
          <button type="button" className={styles.remove} onClick={() => setAdding(true)}>
            And by another property
          </button>
        </div>
      )}
    </div>
  );
}

export function DimensionForm({ onDone }: { onDone: (dimension: Dimension) => void }) {
  const properties = useProperties();
  const [property, setProperty] = useState(properties[0]?.name ?? "");
  const [of, setOf] = useState<Of>("event");
  const [typed, setTyped] = useState("");
  const numeric = properties.find((one) => one.name === property)?.types.includes("number");
  const buckets = readBuckets(typed);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (!buckets || !property) return;
    onDone({
      property,
      ...(of === "event" ? {} : { of }),
      ...(numeric && buckets.length > 0 ? { buckets } : {}),
    });
  };
  if (properties.length === 0)
    return <p className={styles.none}>Nothing in this project has carried a property yet.</p>;
  return (
    <form className={styles.form} onSubmit={submit}>
      <Pick
        label="Property of"
        value={of}
        options={WHOSE_CHOICES}
        onPick={(picked) => setOf(picked as Of)}
      />
      <Pick
        label="Property"
        value={property}
        options={properties.map(({ name }) => [name, name])}
        onPick={setProperty}
      />
      {numeric && (
        <label>
          Edges of buckets, if any
          <input
            value={typed}
            placeholder="0, 10, 100"
            onChange={(now) => setTyped(now.target.value)}
          />
        </label>
      )}
      {!buckets && (
        <p className={styles.wrong} role="alert">
          Write numbers from the lowest to the highest, with commas.
        </p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!buckets}>
          Use it
        </button>
      </div>
    </form>
  );
}
