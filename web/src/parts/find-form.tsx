// Finds one by a whole identifier: what is kept sealed can only be compared whole.

import { IconSearch, IconX } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import styles from "../rooms/people.module.css";

interface FindFormProps {
  wanted: string;
  // What is typed, as the empty field says it.
  of: string;
  onFind: (typed: string) => void;
}

export function FindForm({ wanted, of, onFind }: FindFormProps) {
  const [typed, setTyped] = useState(wanted);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    onFind(typed.trim());
  };
  return (
    <form className={styles.form} role="search" onSubmit={submit}>
      <IconSearch size={16} stroke={1.8} aria-hidden className={styles.icon} />
      <input
        value={typed}
        onChange={(change) => setTyped(change.target.value)}
        placeholder={of}
        aria-label="Find by a whole identifier"
        title="Identifiers are kept sealed, so no part of one can be searched."
      />
      {wanted && (
        <button type="button" aria-label="Clear the search" onClick={() => onFind("")}>
          <IconX size={15} />
        </button>
      )}
    </form>
  );
}
