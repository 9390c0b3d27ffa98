// How often somebody did something, in how many visits, or how much of a property it came to.

import { useState, type FormEvent } from "react";
import type { Did } from "../api/shapes";
import { useProperties } from "../frame/project";
import styles from "./condition-form.module.css";

type Counted = "events" | "visits" | "sum";
type Bound = "at_least" | "at_most" | "exactly";

export function OftenForm({ did, onDone }: { did: Did; onDone: (did: Did) => void }) {
  const numbers = useProperties().filter((one) => one.types.includes("number"));
  const [counted, setCounted] = useState<Counted>(did.sum ? "sum" : (did.count ?? "events"));
  const [bound, setBound] = useState<Bound>(boundOf(did));
  const [typed, setTyped] = useState(String(did.at_least ?? did.at_most ?? 1));
  const [property, setProperty] = useState(did.sum ?? numbers[0]?.name ?? "");
  const limit = Number(typed);
  const usable = typed.trim() !== "" && Number.isFinite(limit) && (counted === "sum" || limit >= 0);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    if (!usable) return;
    onDone({
      ...did,
      count: counted === "visits" ? "visits" : undefined,
      sum: counted === "sum" ? property : undefined,
      at_least: bound === "at_most" ? undefined : limit,
      at_most: bound === "at_least" ? undefined : limit,
    });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        Count
        <select value={counted} onChange={(now) => setCounted(now.target.value as Counted)}>
          <option value="events">how many times</option>
          <option value="visits">in how many visits</option>
          {numbers.length > 0 && <option value="sum">the sum of a property</option>}
        </select>
      </label>
      {counted === "sum" && (
        <label>
          Property
          <select value={property} onChange={(now) => setProperty(now.target.value)}>
            {numbers.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <span className={styles.pair}>
        <label>
          Bound
          <select value={bound} onChange={(now) => setBound(now.target.value as Bound)}>
            <option value="at_least">at least</option>
            <option value="at_most">at most</option>
            <option value="exactly">exactly</option>
          </select>
        </label>
        <label>
          Number
          <input value={typed} inputMode="decimal" onChange={(now) => setTyped(now.target.value)} />
        </label>
      </span>
      {bound === "at_most" && limit === 0 && counted !== "sum" && (
        <p className={styles.none}>At most 0 times is never.</p>
      )}
      <div className={styles.ends}>
        <button type="submit" className={styles.use} disabled={!usable}>
          Use it
        </button>
      </div>
    </form>
  );
}

function boundOf(did: Did): Bound {
  if (did.at_least !== undefined && did.at_most !== undefined) return "exactly";
  return did.at_most === undefined ? "at_least" : "at_most";
}
