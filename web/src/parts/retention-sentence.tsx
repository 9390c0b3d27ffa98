// Retention's question, word by word: what begins, what counts as coming back, when, and how.

import {
  PERIODS_USUAL,
  type Asking,
  type Clock,
  type Measure,
  type Mode,
} from "../words/retention";
import { BegunWords } from "./begun-words";
import { AddBreakdown, BreakdownWords } from "./breakdown-word";
import { ChoiceWords } from "./choice-words";
import { ColumnsWords } from "./columns-words";
import { EveryWord } from "./every-word";
import { MoreOptions, type Option } from "./more-options";
import { NumberWord } from "./number-word";
import { PeriodWord } from "./period-word";
import { PropertyWord } from "./property-word";
import { SegmentWord } from "./segment-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";

const MODES: Choice<Mode>[] = [
  { value: "on", says: "in" },
  { value: "on_or_after", says: "in or after", means: "They are not gone yet." },
  { value: "on_or_before", says: "in or before", means: "They have come back by then." },
];

const MEASURES: Choice<Measure>[] = [
  { value: "people", says: "how many did" },
  { value: "events", says: "how often did they do" },
  { value: "sum", says: "the sum of a property" },
];

const CLOCKS: Choice<Clock>[] = [
  { value: "calendar", says: "by the calendar" },
  { value: "rolling", says: "from each one's own start", means: "A day is 24 hours." },
];

interface RetentionSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function RetentionSentence({ question, onChange }: RetentionSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const { every = "week", measure = "people" } = question;
  return (
    <Sentence>
      Of <SegmentWord /> who <BegunWords question={question} onChange={onChange} /> in one{" "}
      <EveryWord every={every} onChoose={(chosen) => put({ every: chosen })} /> <PeriodWord />,{" "}
      <ChoiceWord
        value={measure}
        choices={MEASURES}
        says={
          measure === "sum"
            ? "the sum of"
            : (MEASURES.find((one) => one.value === measure)?.says ?? "")
        }
        label="Measure"
        onChoose={(chosen) => put({ measure: chosen })}
      />{" "}
      {measure === "sum" && (
        <>
          <PropertyWord
            property={question.property}
            label="Property"
            type="number"
            onChoose={(property) => put({ property })}
          />{" "}
          of{" "}
        </>
      )}
      <ChoiceWords
        choice={question.return ?? { event: null }}
        label="Coming back means"
        any="anything"
        onChange={(chosen) => put({ return: chosen })}
      />{" "}
      <ChoiceWord
        value={question.mode ?? "on"}
        choices={MODES}
        label="When"
        onChoose={(mode) => put({ mode })}
      />{" "}
      <ColumnsWords question={question} onChange={onChange} />
      <Said {...{ question, onChange }} />
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />?{" "}
      <AddBreakdown breakdown={question.by} onChange={(by) => put({ by })} />{" "}
      <MoreOptions options={optionsOf(question, put)} />
    </Sentence>
  );
}

function Said({ question, onChange }: RetentionSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  return (
    <>
      {question.clock === "rolling" && (
        <>
          ,{" "}
          <ChoiceWord
            value={question.clock}
            choices={CLOCKS}
            label="Clock"
            onChoose={(clock) => put({ clock })}
          />
        </>
      )}
      {question.minimum && (
        <>
          , at least{" "}
          <NumberWord
            label="At least"
            value={question.minimum}
            least={2}
            most={1_000}
            none="Once is enough"
            onChange={(minimum) => put({ minimum: minimum ?? undefined })}
          />{" "}
          times
        </>
      )}
      {question.streak && (
        <>
          ,{" "}
          <ChoiceWord
            value="yes"
            choices={[
              { value: "yes", says: "without a gap" },
              { value: "no", says: "gaps are no matter" },
            ]}
            label="Gaps"
            onChoose={(chosen) => put({ streak: chosen === "yes" })}
          />
        </>
      )}
    </>
  );
}

function optionsOf(question: Asking, put: (changed: Partial<Asking>) => void): Option[] {
  const options: (Option & { when: boolean })[] = [
    {
      says: "From each one's own start",
      means: "Days of 24 hours, not the calendar's.",
      when: question.clock !== "rolling",
      onChoose: () => put({ clock: "rolling" }),
    },
    {
      says: "In brackets of days",
      means: "Days 1, 3, 7, 30 instead of equal intervals.",
      when: !question.brackets,
      onChoose: () => put({ brackets: [1, 3, 7, 30], periods: undefined }),
    },
    {
      says: "More than once",
      means: "How often they have to come back in a column to count.",
      when: !question.minimum,
      onChoose: () => put({ minimum: 2 }),
    },
    {
      says: "Without a gap",
      means: "Only who came back in every column before, too.",
      when: !question.streak,
      onChoose: () => put({ streak: true }),
    },
    {
      says: "Whole intervals",
      when: question.brackets !== undefined,
      onChoose: () => put({ brackets: undefined, periods: PERIODS_USUAL }),
    },
  ];
  return options.filter((one) => one.when);
}
