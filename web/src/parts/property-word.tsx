// A property as a word of a question, or none where that is an answer too.

import { useProperties } from "../frame/project";
import { Word } from "./sentence";
import choices from "./sentence.module.css";

interface PropertyWordProps {
  property: string | null | undefined;
  label: string;
  // Only properties of this type.
  type?: "number" | "text" | "flag";
  instead?: string;
  // What choosing none is called.
  none?: string;
  onChoose: (property: string | undefined) => void;
}

export function PropertyWord(props: PropertyWordProps) {
  const { property, label, type, instead = "choose a property", none, onChoose } = props;
  const known = useProperties().filter((one) => !type || one.types.includes(type));
  return (
    <Word says={property ?? instead} label={`${label}: ${property ?? instead}`}>
      {(close) => {
        const pick = (chosen: string | undefined) => () => {
          onChoose(chosen);
          close();
        };
        return (
          <ul className={choices.choices}>
            {none && (
              <li>
                <button type="button" className={choices.choice} onClick={pick(undefined)}>
                  {none}
                </button>
              </li>
            )}
            {known.map(({ name, title }) => (
              <li key={name}>
                <button
                  type="button"
                  className={choices.choice}
                  aria-pressed={name === property}
                  onClick={pick(name)}
                >
                  {title}
                </button>
              </li>
            ))}
          </ul>
        );
      }}
    </Word>
  );
}
