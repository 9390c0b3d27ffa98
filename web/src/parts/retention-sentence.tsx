// Retention's question, word by word: what begins, what counts as coming back, the interval and
// how many.

import { EventWord } from "./event-word";
import { PeriodWord } from "./period-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";

export interface RetentionQuestion {
  start: string;
  return: string | null;
  every: "day" | "week" | "month";
  periods: number;
}

const EVERY: Choice<RetentionQuestion["every"]>[] = [
  { value: "day", says: "day" },
  { value: "week", says: "week", means: "Weeks begin on Monday." },
  { value: "month", says: "month" },
];

const PERIODS: Choice<number>[] = [4, 6, 8, 10, 12].map((value) => ({
  value,
  says: String(value),
}));

interface RetentionSentenceProps {
  question: RetentionQuestion;
  onChange: (question: RetentionQuestion) => void;
}

export function RetentionSentence({ question, onChange }: RetentionSentenceProps) {
  const put = (changed: Partial<RetentionQuestion>) => onChange({ ...question, ...changed });
  const anything = (close: () => void) => (
    <button
      type="button"
      onClick={() => {
        put({ return: null });
        close();
      }}
    >
      Anything counts
    </button>
  );
  return (
    <Sentence>
      Of people who first did{" "}
      <EventWord
        event={question.start}
        label="First event"
        onChoose={(start) => put({ start })}
      />{" "}
      in one{" "}
      <ChoiceWord
        value={question.every}
        choices={EVERY}
        label="Interval"
        onChoose={(every) => put({ every })}
      />{" "}
      <PeriodWord />, how many did{" "}
      <EventWord
        event={question.return}
        instead="anything"
        label="Coming back means"
        onChoose={(event) => put({ return: event })}
      >
        {anything}
      </EventWord>{" "}
      in each of{" "}
      <ChoiceWord
        value={question.periods}
        choices={PERIODS}
        label="Intervals"
        onChoose={(periods) => put({ periods })}
      />{" "}
      {question.every}s?
    </Sentence>
  );
}
