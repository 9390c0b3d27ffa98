// The interval of a question: hours to years, in the project's time zone.

import type { Every } from "../api/shapes";
import { ChoiceWord, type Choice } from "./sentence";

export const EVERY_CHOICES: Choice<Every>[] = [
  { value: "hour", says: "hour" },
  { value: "day", says: "day" },
  { value: "week", says: "week" },
  { value: "month", says: "month" },
  { value: "quarter", says: "quarter" },
  { value: "year", says: "year" },
];

interface EveryWordProps {
  every: Every;
  // Those that make sense here; all of them unless told.
  of?: Every[];
  onChoose: (every: Every) => void;
}

export function EveryWord({ every, of, onChoose }: EveryWordProps) {
  const choices = of ? EVERY_CHOICES.filter(({ value }) => of.includes(value)) : EVERY_CHOICES;
  return <ChoiceWord value={every} choices={choices} label="Interval" onChoose={onChoose} />;
}
