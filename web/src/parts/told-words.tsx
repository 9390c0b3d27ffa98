// What was told of each person, as words of a question: several properties, or none yet.

import { useProperties } from "../frame/project";
import { list } from "../words/number";
import { FIELDS_MAX } from "../words/people";
import { Several } from "./several";
import { Word } from "./sentence";
import styles from "./event-word.module.css";

interface ToldWordsProps {
  property: string[];
  onChange: (property: string[] | undefined) => void;
}

export function ToldWords({ property, onChange }: ToldWordsProps) {
  const known = useProperties();
  if (known.length === 0) return null;
  const said = list(property);
  return (
    <>
      {said ? "\u2060, with their " : " "}
      <Word
        says={said || <span className={styles.quiet}>+ add what is known of them</span>}
        label={said ? `Known of them: ${said}` : "Add what is known of them"}
      >
        {() => (
          <Several
            chosen={property}
            choices={known.map(({ name }) => ({ value: name, says: name }))}
            most={FIELDS_MAX}
            onChange={(chosen) => onChange(chosen.length > 0 ? chosen : undefined)}
          />
        )}
      </Word>
    </>
  );
}
