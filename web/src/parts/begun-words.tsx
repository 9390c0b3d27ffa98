// How a question about those who began together begins: with what, and which time counts.

import type { Cohorts, Begin } from "../words/retention";
import { ChoiceWords } from "./choice-words";
import { ChoiceWord, type Choice } from "./sentence";

const COHORTS: Choice<Cohorts>[] = [
  {
    value: "ever",
    says: "first ever did",
    means: "Who did it before the period is in no group.",
  },
  { value: "first", says: "first in the period did" },
  {
    value: "every",
    says: "did",
    means: "Somebody stands in the group of each interval in which they did it.",
  },
];

interface BegunWordsProps<Question extends Begin> {
  question: Question;
  onChange: (question: Question) => void;
}

export function BegunWords<Question extends Begin>(props: BegunWordsProps<Question>) {
  const { question, onChange } = props;
  return (
    <>
      <ChoiceWord
        value={question.cohorts ?? "ever"}
        choices={COHORTS}
        label="Which time"
        onChoose={(cohorts) => onChange({ ...question, cohorts })}
      />{" "}
      <ChoiceWords
        choice={question.start}
        label="First event"
        any="anything"
        onChange={(start) => onChange({ ...question, start })}
      />
    </>
  );
}
