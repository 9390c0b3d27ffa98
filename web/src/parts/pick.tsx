// One of a few, in a form.

import type { Of } from "../api/shapes";

type Option = [value: string, says: string];

export const WHOSE_CHOICES: [of: Of, says: string][] = [
  ["event", "the event"],
  ["visit", "the visit it lies in"],
  ["person", "the person"],
];

interface PickProps {
  label: string;
  value: string;
  options: Option[];
  onPick: (value: string) => void;
}

export function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(change) => onPick(change.target.value)}>
        {options.map(([name, says]) => (
          <option key={name} value={name}>
            {says}
          </option>
        ))}
      </select>
    </label>
  );
}
