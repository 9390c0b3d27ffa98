// The funnel's question, word by word: steps, period, window, order, and what else can be said.

import type { FunnelStep, Order } from "../api/shapes";
import { useProperties } from "../frame/project";
import { MoreOptions, type Option } from "./more-options";
import { AddBreakdown, BreakdownWords } from "./breakdown-word";
import { DurationWord } from "./duration-word";
import { MoreWord } from "./event-word";
import { ExclusionWords } from "./exclusion-words";
import { PeriodWord } from "./period-word";
import { PropertyWord } from "./property-word";
import { SegmentWord } from "./segment-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";
import { StepWords } from "./step-words";
import {
  move,
  STEPS_MAX,
  WITHIN_USUAL,
  type Asking,
  type Count,
  type ValueOf,
} from "../words/funnel";

const ORDERS: Choice<Order>[] = [
  { value: "ordered", says: "in this order", means: "Anything may happen in between." },
  {
    value: "strict",
    says: "in this order, nothing in between",
    means: "An unbroken run of events.",
  },
  { value: "any", says: "in any order", means: "All within the window, whichever comes first." },
];

const COUNTS: Choice<Count>[] = [
  { value: "people", says: "people", means: "Each once, with their furthest attempt." },
  { value: "visits", says: "visits", means: "All steps within one visit." },
  { value: "attempts", says: "attempts", means: "One after the other; each counts." },
];

const VALUES: Choice<ValueOf>[] = [
  { value: "first", says: "at the first step" },
  { value: "last", says: "at the furthest step reached" },
  { value: "every", says: "at any first step", means: "Somebody may count under several values." },
];

interface FunnelSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function FunnelSentence({ question, onChange }: FunnelSentenceProps) {
  const { step: steps, within = WITHIN_USUAL } = question;
  const property = useProperties()[0]?.name;
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  return (
    <Sentence>
      Of <SegmentWord /> who did <Step {...{ question, onChange }} at={0} /> <PeriodWord />, how
      many then did{" "}
      {steps.slice(1).map((_, place) => (
        <span key={place}>
          {place > 0 && "\u2060, then "}
          <Step {...{ question, onChange }} at={place + 1} />
        </span>
      ))}
      {steps.length < STEPS_MAX && (
        <>
          {" "}
          <MoreWord
            says={steps.length === 1 ? "choose the next step" : "add a step"}
            onChoose={(event) => put({ step: [...steps, { event }] })}
          />
        </>
      )}
      , within{" "}
      <DurationWord
        label="Window"
        duration={within}
        onChange={(chosen) => put({ within: chosen ?? WITHIN_USUAL })}
      />
      ,{" "}
      <ChoiceWord
        value={question.order ?? "ordered"}
        choices={ORDERS}
        label="Order"
        onChoose={(order) => put({ order })}
      />
      <Said {...{ question, onChange }} />
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />
      {question.by && (
        <>
          {" "}
          <ChoiceWord
            value={question.value ?? "first"}
            choices={VALUES}
            label="Value taken"
            onChoose={(value) => put({ value })}
          />
        </>
      )}
      ? <AddBreakdown breakdown={question.by} onChange={(by) => put({ by })} />{" "}
      <MoreOptions options={optionsOf(question, property, put)} />
    </Sentence>
  );
}

// What was said beside the steps: exclusions, what is held the same, what is counted.
function Said({ question, onChange }: FunnelSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  return (
    <>
      <ExclusionWords question={question} onChange={onChange} />
      {question.hold && (
        <>
          , with the same{" "}
          <PropertyWord
            property={question.hold}
            label="Held the same"
            none="Any may differ"
            onChoose={(hold) => put({ hold })}
          />
        </>
      )}
      {question.count && (
        <>
          , counting{" "}
          <ChoiceWord
            value={question.count}
            choices={COUNTS}
            label="Count"
            onChoose={(count) => put({ count: count === "people" ? undefined : count })}
          />
        </>
      )}
    </>
  );
}

function Step({ question, onChange, at }: FunnelSentenceProps & { at: number }) {
  const { step: steps } = question;
  const put = (changed: FunnelStep[]) => onChange({ ...question, step: changed });
  return (
    <StepWords
      step={steps[at] ?? { event: "" }}
      at={at}
      steps={steps.length}
      anyOrder={question.order === "any"}
      onStep={(changed) => put(steps.map((one, place) => (place === at ? changed : one)))}
      onMove={(to) => put(move(steps, at, to))}
      onRemove={() => put(steps.filter((_, place) => place !== at))}
    />
  );
}

function optionsOf(
  question: Asking,
  property: string | undefined,
  put: (changed: Partial<Asking>) => void,
): Option[] {
  const { step: steps } = question;
  const several = steps.length > 1;
  const last = steps.at(-1)?.event ?? "";
  const options: (Option & { when: boolean })[] = [
    {
      says: "Without an event in between",
      means: "It ends the attempt, or takes the person out.",
      when: several && question.order !== "any",
      onChoose: () =>
        put({
          without: [
            ...(question.without ?? []),
            { event: last, from: steps.length - 1, to: steps.length },
          ],
        }),
    },
    {
      says: "With the same value of a property",
      means: "All steps about the same order, page, document.",
      when: several && !question.hold && property !== undefined,
      onChoose: () => put({ hold: property }),
    },
    {
      says: "Counting visits",
      means: "All steps within one visit.",
      when: !question.count,
      onChoose: () => put({ count: "visits" }),
    },
    {
      says: "Counting attempts",
      means: "Somebody who comes through twice counts twice.",
      when: !question.count,
      onChoose: () => put({ count: "attempts" }),
    },
  ];
  return options.filter((one) => one.when);
}
