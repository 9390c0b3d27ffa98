// One step of a funnel: its event or events, its conditions, its own window, and what one can do
// with it.

import { IconArrowLeft, IconArrowRight, IconTrash } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import type { EventChoice, FunnelStep } from "../api/shapes";
import { ChoiceWords } from "./choice-words";
import { DurationWord } from "./duration-word";

interface StepWordsProps {
  step: FunnelStep;
  at: number;
  steps: number;
  anyOrder: boolean;
  onStep: (step: FunnelStep) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

export function StepWords(props: StepWordsProps) {
  const { step, at, onStep } = props;
  const also = step.or ?? [];
  const putAlso = (or: EventChoice[]) => onStep({ ...step, or });
  return (
    <>
      <ChoiceWords
        choice={{ event: step.event, where: step.where ?? [] }}
        label={`Step ${at + 1}`}
        onChange={({ event, where }) => onStep({ ...step, event: event ?? step.event, where })}
        onKeyDown={slide(props)}
        acts={(close) => <Acts {...props} close={close} />}
      />
      {also.map((choice, place) => (
        <span key={place}>
          {" or "}
          <ChoiceWords
            choice={choice}
            label={`Step ${at + 1}, or`}
            onChange={(changed) =>
              putAlso(also.map((one, number) => (number === place ? changed : one)))
            }
            acts={(close) => (
              <button
                type="button"
                onClick={() => {
                  putAlso(also.filter((_, number) => number !== place));
                  close();
                }}
              >
                <IconTrash size={15} aria-hidden />
                Remove the alternative
              </button>
            )}
          />
        </span>
      ))}
      {step.optional && " (or not)"}
      {step.anchored && " (in its place)"}
      {step.within && (
        <>
          {" within "}
          <DurationWord
            label={`Window of step ${at + 1}`}
            duration={step.within}
            none="the whole window"
            onChange={(within) => onStep({ ...step, within })}
          />
        </>
      )}
    </>
  );
}

function Acts(props: StepWordsProps & { close: () => void }) {
  const { step, at, steps, anyOrder, onStep, onMove, onRemove, close } = props;
  const act = (what: () => void) => () => {
    what();
    close();
  };
  return (
    <>
      <button
        type="button"
        onClick={act(() => onStep({ ...step, or: [...(step.or ?? []), { event: step.event }] }))}
      >
        Or another event
      </button>
      {at > 0 && at < steps - 1 && (
        <button type="button" onClick={act(() => onStep({ ...step, optional: !step.optional }))}>
          {step.optional ? "Make it required" : "Make it optional"}
        </button>
      )}
      {at > 0 && !step.within && (
        <button type="button" onClick={act(() => onStep({ ...step, within: "1 day" }))}>
          A window of its own
        </button>
      )}
      {anyOrder && (
        <button type="button" onClick={act(() => onStep({ ...step, anchored: !step.anchored }))}>
          {step.anchored ? "Let it come anywhere" : "Keep it in its place"}
        </button>
      )}
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
    </>
  );
}

// Alt with an arrow moves the step one is on, as in an outline.
function slide({ at, steps, onMove }: StepWordsProps) {
  return (pressed: KeyboardEvent) => {
    const to = pressed.key === "ArrowLeft" ? at - 1 : pressed.key === "ArrowRight" ? at + 1 : at;
    if (!pressed.altKey || to === at || to < 0 || to >= steps) return;
    pressed.preventDefault();
    onMove(to);
  };
}
