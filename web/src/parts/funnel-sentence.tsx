// The funnel's question, word by word: steps with their conditions, period, window, order.

import { IconArrowLeft, IconArrowRight, IconFilterPlus, IconTrash } from "@tabler/icons-react";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import type { Order } from "../api/shapes";
import { sayCondition } from "../words/condition";
import { move, STEPS_MAX, type FunnelQuestion, type Step } from "../words/funnel";
import { ConditionForm } from "./condition-form";
import { EventList } from "./event-list";
import { EventName } from "./event-name";
import { PeriodWord } from "./period-word";
import { ChoiceWord, Sentence, Word, type Choice } from "./sentence";
import { WindowForm } from "./window-form";
import styles from "./event-word.module.css";

const ORDERS: Choice<Order>[] = [
  { value: "ordered", says: "in this order", means: "Anything may happen in between." },
  {
    value: "strict",
    says: "in this order, nothing in between",
    means: "An unbroken run of events.",
  },
  { value: "any", says: "in any order", means: "All within the window, whichever comes first." },
];

interface FunnelSentenceProps {
  question: FunnelQuestion;
  onChange: (question: FunnelQuestion) => void;
}

export function FunnelSentence({ question, onChange }: FunnelSentenceProps) {
  const { steps } = question;
  const put = (changed: Step[]) => onChange({ ...question, steps: changed });
  const step = (at: number) => (
    <StepWords
      key={at}
      step={steps[at] as Step}
      at={at}
      steps={steps.length}
      onStep={(changed) => put(steps.map((one, place) => (place === at ? changed : one)))}
      onMove={(to) => put(move(steps, at, to))}
      onRemove={() => put(steps.filter((_, place) => place !== at))}
    />
  );
  return (
    <Sentence>
      Of people who did{" "}
      {steps.length > 0 ? (
        step(0)
      ) : (
        <AddStep says="choose an event" onAdd={(added) => put([added])} />
      )}{" "}
      <PeriodWord />, how many then did{" "}
      {steps.slice(1).map((_, place): ReactNode => (
        <span key={place}>
          {place > 0 && ", then "}
          {step(place + 1)}
        </span>
      ))}
      {steps.length > 0 && steps.length < STEPS_MAX && (
        <>
          {" "}
          <AddStep
            says={steps.length === 1 ? "choose the next step" : "add a step"}
            quiet={steps.length > 1}
            onAdd={(added) => put([...steps, added])}
          />
        </>
      )}
      , within <WithinWord question={question} onChange={onChange} />,{" "}
      <ChoiceWord
        value={question.order}
        choices={ORDERS}
        label="Order"
        onChoose={(order) => onChange({ ...question, order })}
      />
      ?
    </Sentence>
  );
}

function WithinWord({ question, onChange }: FunnelSentenceProps) {
  return (
    <Word says={question.within} label={`Window: ${question.within}`}>
      {(close) => (
        <WindowForm
          within={question.within}
          onDone={(within) => {
            onChange({ ...question, within });
            close();
          }}
        />
      )}
    </Word>
  );
}

function AddStep({
  says,
  quiet = false,
  onAdd,
}: {
  says: string;
  quiet?: boolean;
  onAdd: (step: Step) => void;
}) {
  return (
    <Word
      says={<span className={quiet ? styles.quiet : undefined}>{quiet ? `+ ${says}` : says}</span>}
      label={says === "add a step" ? "Add a step" : `Steps: ${says}`}
      width={310}
    >
      {(close) => (
        <EventList
          onChoose={(event) => {
            onAdd({ event, where: [] });
            close();
          }}
        />
      )}
    </Word>
  );
}

interface StepProps {
  step: Step;
  at: number;
  steps: number;
  onStep: (step: Step) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function StepWords(props: StepProps) {
  const { step, at, onStep } = props;
  const { where } = step;
  const slide = useSlide(props);
  return (
    <>
      <Word
        says={<EventName event={step.event} />}
        label={`Step ${at + 1}: ${step.event}`}
        width={310}
        onKeyDown={slide}
      >
        {(close) => <StepMenu {...props} close={close} />}
      </Word>
      {where.map((condition, place) => (
        <span key={place}>
          {place === 0 ? " where " : " and "}
          <Word
            says={sayCondition(condition)}
            label={`Condition on step ${at + 1}: ${sayCondition(condition)}`}
          >
            {(close) => (
              <ConditionForm
                condition={condition}
                onDone={(changed) => {
                  onStep({
                    ...step,
                    where: where.map((one, number) => (number === place ? changed : one)),
                  });
                  close();
                }}
                onRemove={() => {
                  onStep({ ...step, where: where.filter((_, number) => number !== place) });
                  close();
                }}
              />
            )}
          </Word>
        </span>
      ))}
    </>
  );
}

// Alt with an arrow moves the step one is on, as in an outline.
function useSlide({ at, steps, onMove }: StepProps) {
  return (pressed: KeyboardEvent) => {
    const to = pressed.key === "ArrowLeft" ? at - 1 : pressed.key === "ArrowRight" ? at + 1 : at;
    if (!pressed.altKey || to === at || to < 0 || to >= steps) return;
    pressed.preventDefault();
    onMove(to);
  };
}

function StepMenu({
  step,
  at,
  steps,
  onStep,
  onMove,
  onRemove,
  close,
}: StepProps & { close: () => void }) {
  const [adding, setAdding] = useState(false);
  if (adding) {
    return (
      <ConditionForm
        onDone={(condition) => {
          onStep({ ...step, where: [...step.where, condition] });
          close();
        }}
      />
    );
  }
  const act = (what: () => void) => () => {
    what();
    close();
  };
  return (
    <>
      <EventList
        chosen={step.event}
        onChoose={(event) => {
          onStep({ ...step, event });
          close();
        }}
      />
      <div className={styles.acts}>
        <button type="button" onClick={() => setAdding(true)}>
          <IconFilterPlus size={15} aria-hidden />
          Add a condition
        </button>
        <button type="button" disabled={at === 0} onClick={act(() => onMove(at - 1))}>
          <IconArrowLeft size={15} aria-hidden />
          Move earlier
        </button>
        <button type="button" disabled={at === steps - 1} onClick={act(() => onMove(at + 1))}>
          <IconArrowRight size={15} aria-hidden />
          Move later
        </button>
        <button type="button" disabled={steps === 1} onClick={act(onRemove)}>
          <IconTrash size={15} aria-hidden />
          Remove the step
        </button>
      </div>
    </>
  );
}
