// The trend's question, word by word: measure, events, interval, period.

import { IconTrash } from "@tabler/icons-react";
import type { Every, Measure } from "../api/shapes";
import { EventWord, MoreWord } from "./event-word";
import { PeriodWord } from "./period-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";

export interface TrendQuestion {
  events: string[];
  measure: Measure;
  every: Every;
}

// As many lines as there are hues to tell them apart.
const EVENTS_MAX = 8;

const MEASURES: Choice<Measure>[] = [
  { value: "people", says: "How many people did", means: "Each person once in each interval." },
  { value: "events", says: "How often did people do", means: "Every time counts." },
];

const EVERY: Choice<Every>[] = [
  { value: "hour", says: "each hour" },
  { value: "day", says: "each day" },
  { value: "week", says: "each week", means: "Weeks begin on Monday." },
  { value: "month", says: "each month" },
];

interface TrendSentenceProps {
  question: TrendQuestion;
  onChange: (question: TrendQuestion) => void;
}

export function TrendSentence({ question, onChange }: TrendSentenceProps) {
  const { events } = question;
  const put = (changed: string[]) => onChange({ ...question, events: [...new Set(changed)] });
  return (
    <Sentence>
      <ChoiceWord
        value={question.measure}
        choices={MEASURES}
        label="Measure"
        onChoose={(measure) => onChange({ ...question, measure })}
      />{" "}
      {events.map((event, at) => (
        <span key={event}>
          {at > 0 && (at === events.length - 1 ? " and " : ", ")}
          <LineWord event={event} at={at} events={events} onChange={put} />
        </span>
      ))}{" "}
      {events.length < EVENTS_MAX && (
        <MoreWord says="add an event" onChoose={(chosen) => put([...events, chosen])} />
      )}{" "}
      <ChoiceWord
        value={question.every}
        choices={EVERY}
        label="Interval"
        onChoose={(every) => onChange({ ...question, every })}
      />
      , <PeriodWord />?
    </Sentence>
  );
}

interface LineWordProps {
  event: string;
  at: number;
  events: string[];
  onChange: (events: string[]) => void;
}

function LineWord({ event, at, events, onChange }: LineWordProps) {
  const remove = (close: () => void) => (
    <button
      type="button"
      disabled={events.length === 1}
      onClick={() => {
        onChange(events.filter((one) => one !== event));
        close();
      }}
    >
      <IconTrash size={15} aria-hidden />
      Remove the line
    </button>
  );
  return (
    <EventWord
      event={event}
      label={`Event ${at + 1}`}
      onChoose={(chosen) => onChange(events.map((one, place) => (place === at ? chosen : one)))}
    >
      {remove}
    </EventWord>
  );
}
