// Several of a list: each goes on and off, and the list stays open meanwhile.

import choices from "./sentence.module.css";

interface SeveralProps<T extends string> {
  chosen: T[];
  choices: { value: T; says: string }[];
  least?: number;
  most?: number;
  onChange: (chosen: T[]) => void;
}

export function Several<T extends string>(props: SeveralProps<T>) {
  const { chosen, choices: all, least = 0, most = all.length, onChange } = props;
  return (
    <ul className={choices.choices}>
      {all.map(({ value, says }) => {
        const on = chosen.includes(value);
        return (
          <li key={value}>
            <button
              type="button"
              className={choices.choice}
              aria-pressed={on}
              disabled={on ? chosen.length <= least : chosen.length >= most}
              onClick={() =>
                onChange(on ? chosen.filter((one) => one !== value) : [...chosen, value])
              }
            >
              {says}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
