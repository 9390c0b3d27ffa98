// Personal values stay veiled until one with the right asks; that is said beforehand, and logged.

import { IconEye, IconEyeOff, IconLock } from "@tabler/icons-react";
import { useReveal } from "../api/questions";
import type { PersonDetail } from "../api/shapes";
import { ProblemNote } from "./problem-note";
import styles from "./veiled.module.css";

export function Veiled({ project, person }: { project: string; person: PersonDetail }) {
  const reveal = useReveal(project, String(person.id));
  const shown = reveal.data;
  const traits = Object.entries(shown?.traits ?? {});
  return (
    <>
      <dl className={styles.values} aria-live="polite">
        {shown
          ? shown.identifiers.map((one) => (
              <Value key={one.type + one.value} name={one.type} value={one.value} />
            ))
          : person.identifiers.map((one) => (
              <Value key={one.type + one.masked} name={one.type} value={one.masked} veiled />
            ))}
        {traits.map(([name, value]) => (
          <Value key={name} name={name} value={String(value)} />
        ))}
      </dl>
      {person.identifiers.length === 0 && !shown && (
        <p className={styles.note}>None is kept for this person.</p>
      )}
      {reveal.error && <ProblemNote failure={reveal.error} />}
      <div className={styles.foot}>
        {shown ? (
          <button type="button" className={styles.show} onClick={() => reveal.reset()}>
            <IconEyeOff size={16} aria-hidden /> Veil again
          </button>
        ) : (
          <button
            type="button"
            className={styles.show}
            disabled={reveal.isPending}
            onClick={() => reveal.mutate()}
          >
            <IconEye size={16} aria-hidden /> {reveal.isPending ? "Opening…" : "Show"}
          </button>
        )}
        <p className={styles.note}>
          {shown
            ? "This was written to the audit log."
            : "Showing them is written to the audit log, with your name."}
        </p>
      </div>
    </>
  );
}

function Value({ name, value, veiled = false }: { name: string; value: string; veiled?: boolean }) {
  return (
    <div className={styles.value}>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd data-veiled={veiled || undefined}>
        {veiled && <IconLock size={12} aria-label="veiled" />}
        {value}
      </dd>
    </div>
  );
}
