// The last word of a question: what else can be said in it, one line each.

import { Word } from "./sentence";
import choices from "./sentence.module.css";
import styles from "./event-word.module.css";

export interface Option {
  says: string;
  means?: string;
  onChoose: () => void;
}

export function MoreOptions({ options }: { options: Option[] }) {
  if (options.length === 0) return null;
  return (
    <Word says={<span className={styles.quiet}>+ more</span>} label="More to say">
      {(close) => (
        <ul className={choices.choices}>
          {options.map(({ says, means, onChoose }) => (
            <li key={says}>
              <button
                type="button"
                className={choices.choice}
                onClick={() => {
                  onChoose();
                  close();
                }}
              >
                {says}
                {means && <span className={choices.means}>{means}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Word>
  );
}
