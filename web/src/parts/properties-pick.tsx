// Several properties, each on or off.

import { useProperties } from "../frame/project";
import styles from "./properties-pick.module.css";

interface PropertiesPickProps {
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

export function PropertiesPick({ chosen, onChange }: PropertiesPickProps) {
  const properties = useProperties();
  if (properties.length === 0) return null;
  return (
    <div className={styles.all} role="group" aria-label="Properties to look at as well">
      {properties.map(({ name, title }) => {
        const on = chosen.includes(name);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={on}
            onClick={() => onChange(on ? chosen.filter((one) => one !== name) : [...chosen, name])}
          >
            {title}
          </button>
        );
      })}
    </div>
  );
}
