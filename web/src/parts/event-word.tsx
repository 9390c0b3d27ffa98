// A word of a question that is an event: it opens the list of those that exist, and what else one
// can do with it below.

import type { ReactNode } from "react";
import { EventList } from "./event-list";
import { EventName } from "./event-name";
import { Word } from "./sentence";
import styles from "./event-word.module.css";

interface EventWordProps {
  event: string | null;
  // What stands where no event is chosen.
  instead?: string;
  label: string;
  onChoose: (event: string) => void;
  children?: (close: () => void) => ReactNode;
}

export function EventWord({ event, instead = "", label, onChoose, children }: EventWordProps) {
  return (
    <Word
      says={event === null ? instead : <EventName event={event} />}
      label={`${label}: ${event ?? instead}`}
      width={310}
    >
      {(close) => (
        <>
          <EventList
            chosen={event ?? ""}
            onChoose={(chosen) => {
              onChoose(chosen);
              close();
            }}
          />
          {children && <div className={styles.acts}>{children(close)}</div>}
        </>
      )}
    </Word>
  );
}

// One more event, said quietly at the end of those there are.
export function MoreWord({ says, onChoose }: { says: string; onChoose: (event: string) => void }) {
  return (
    <Word
      says={<span className={styles.quiet}>+ {says}</span>}
      label={says.charAt(0).toUpperCase() + says.slice(1)}
      width={310}
    >
      {(close) => (
        <EventList
          onChoose={(chosen) => {
            onChoose(chosen);
            close();
          }}
        />
      )}
    </Word>
  );
}
