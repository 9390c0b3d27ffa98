// One more event for a question: the word opens the list of those that exist.

import { EventList } from "./event-list";
import { Word } from "./sentence";
import styles from "./event-word.module.css";

// Said quietly at the end of those there are.
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
