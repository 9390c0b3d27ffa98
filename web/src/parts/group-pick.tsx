// Which value of a breakdown a picture shows: one at a time.

import { sayValue } from "../words/breakdown";
import { Pick } from "./pick";
import styles from "./condition-form.module.css";

interface GroupPickProps {
  values: string[][];
  chosen: number;
  onChoose: (at: number) => void;
}

export function GroupPick({ values, chosen, onChoose }: GroupPickProps) {
  if (values.length < 2) return null;
  return (
    <div className={styles.inline}>
      <Pick
        label="Shown"
        value={String(chosen)}
        options={values.map((value, at): [string, string] => [String(at), sayValue(value)])}
        onPick={(picked) => onChoose(Number(picked))}
      />
    </div>
  );
}
