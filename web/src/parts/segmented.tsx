// A choice between two or three, all in sight.

import styles from "./segmented.module.css";

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  choices: { value: T; says: string }[];
  onChoose: (value: T) => void;
}

export function Segmented<T extends string>({
  label,
  value,
  choices,
  onChoose,
}: SegmentedProps<T>) {
  return (
    <div className={styles.group} role="group" aria-label={label}>
      {choices.map((one) => (
        <button
          key={one.value}
          type="button"
          className={styles.one}
          aria-pressed={one.value === value}
          onClick={() => onChoose(one.value)}
        >
          {one.says}
        </button>
      ))}
    </div>
  );
}
