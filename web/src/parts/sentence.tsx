// A question is a sentence, and each word one can change is underlined and opens in place.

import { Popover } from "@mantine/core";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import styles from "./sentence.module.css";

export function Sentence({ children }: { children: ReactNode }) {
  return (
    <div className={styles.sentence} role="group" aria-label="The question">
      {children}
    </div>
  );
}

interface WordProps {
  says: ReactNode;
  label: string;
  width?: number;
  onKeyDown?: (pressed: KeyboardEvent) => void;
  children: (close: () => void) => ReactNode;
}

export function Word({ says, label, width = 280, onKeyDown, children }: WordProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      width={width}
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.word}
          aria-label={label}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          onKeyDown={onKeyDown}
        >
          {says}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>{children(() => setOpen(false))}</Popover.Dropdown>
    </Popover>
  );
}

export interface Choice<T> {
  value: T;
  says: string;
  means?: string;
}

// A word that is one of a few.
export function ChoiceWord<T extends string | number>({
  value,
  choices,
  label,
  says,
  onChoose,
}: {
  value: T;
  choices: Choice<T>[];
  label: string;
  // What stands in the sentence, where that is another word than in the list.
  says?: string;
  onChoose: (value: T) => void;
}) {
  const chosen = says ?? choices.find((one) => one.value === value)?.says ?? String(value);
  return (
    <Word says={chosen} label={`${label}: ${chosen}`}>
      {(close) => (
        <ul className={styles.choices}>
          {choices.map((one) => (
            <li key={one.value}>
              <button
                type="button"
                className={styles.choice}
                aria-pressed={one.value === value}
                onClick={() => {
                  onChoose(one.value);
                  close();
                }}
              >
                {one.says}
                {one.means && <span className={styles.means}>{one.means}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Word>
  );
}
