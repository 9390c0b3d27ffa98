// By which merges a person is one, and undoing one of them: whoever does that types the number of
// the person who comes back.

import { useEffect, useRef, useState, type FormEvent } from "react";
import { Link } from "wouter";
import { useSplit } from "../api/questions";
import type { PersonDetail, StandingMerge } from "../api/shapes";
import { useAddress, useProject } from "../frame/project";
import styles from "./person-parts.module.css";
import { ProblemNote } from "./problem-note";
import { When } from "./when";

export function Merges({ person }: { person: PersonDetail }) {
  const [chosen, choose] = useState<number | null>(null);
  return (
    <ul className={styles.merges}>
      {person.merges.map((one) => (
        <li key={one.number}>
          <span>
            Person {one.person} went into Person {one.into}
          </span>
          <span className={styles.whence}>
            {one.shared && `${reason(one.shared)}, `}
            {one.at && <When instant={one.at} />}
          </span>
          {chosen === one.number ? (
            <Undoing merge={one} person={person.id} close={() => choose(null)} />
          ) : (
            <button type="button" className={styles.undo} onClick={() => choose(one.number)}>
              Undo this merge
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Undoing(props: { merge: StandingMerge; person: number; close: () => void }) {
  const { merge, person, close } = props;
  const { project } = useProject();
  const split = useSplit(project.name, person);
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    split.mutate(merge.number);
  };
  return (
    <form className={styles.undoing} onSubmit={submit}>
      <p>
        Every event goes back under the person it came under. They stay two until an alias says that
        they are one. This is written to the audit log.
      </p>
      <label>
        Type {merge.person} to go on
        <input
          ref={field}
          value={typed}
          inputMode="numeric"
          onChange={(now) => setTyped(now.target.value)}
        />
      </label>
      <div className={styles.acts}>
        <button
          type="submit"
          className={styles.confirm}
          disabled={typed.trim() !== String(merge.person) || split.isPending}
        >
          Undo the merge
        </button>
        <button type="button" className={styles.undo} onClick={close}>
          Leave it
        </button>
      </div>
      {split.error && <ProblemNote failure={split.error} />}
    </form>
  );
}

const BARRIERS: Record<string, string> = {
  split: "they were told apart by hand",
  crowd: "together they would have too many identifiers",
};

export function Blocked({ person }: { person: PersonDetail }) {
  const address = useAddress();
  return (
    <ul className={styles.merges}>
      {person.blocked.map((one) => {
        const other = one.person === person.id ? one.other : one.person;
        return (
          <li key={`${other} ${one.shared} ${one.barrier}`}>
            <Link href={address(`people/${other}`)} className={styles.also}>
              Person {other}
            </Link>
            <span className={styles.whence}>
              {reason(one.shared)}, but{" "}
              {BARRIERS[one.barrier] ?? `each has another ${one.barrier.replaceAll("_", " ")}`};{" "}
              <When instant={one.last} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const reason = (shared: string): string =>
  shared === "alias" ? "by an alias" : `same ${shared.replaceAll("_", " ")}`;
