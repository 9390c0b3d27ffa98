// What one can do with a step of a journey.

import { IconTrash } from "@tabler/icons-react";
import type { JourneyStep } from "../api/shapes";

interface JourneyStepActsProps {
  step: JourneyStep;
  at: number;
  onStep: (step: JourneyStep) => void;
  onRemove?: () => void;
  close: () => void;
}

export function JourneyStepActs({ step, at, onStep, onRemove, close }: JourneyStepActsProps) {
  const acts: { says: string; when: boolean; changed: JourneyStep }[] = [
    {
      says: "A branch beside it",
      when: !step.by,
      changed: { ...step, or: [...(step.or ?? []), { event: step.event ?? null }] },
    },
    {
      says: "More than once",
      when: (step.at_least ?? 1) === 1,
      changed: { ...step, at_least: 2 },
    },
    {
      says: step.optional ? "Make it required" : "Make it optional",
      when: at > 0,
      changed: { ...step, optional: !step.optional },
    },
    {
      says: step.hidden ? "Show it again" : "Hide the step",
      when: at > 0,
      changed: { ...step, hidden: !step.hidden },
    },
    {
      says: "A window of its own",
      when: at > 0 && !step.within,
      changed: { ...step, within: "1 day" },
    },
  ];
  const act = (what: () => void) => () => {
    what();
    close();
  };
  return (
    <>
      {acts.map(
        ({ says, when, changed }) =>
          when && (
            <button key={says} type="button" onClick={act(() => onStep(changed))}>
              {says}
            </button>
          ),
      )}
      {onRemove && (
        <button type="button" onClick={act(onRemove)}>
          <IconTrash size={15} aria-hidden />
          Remove the step
        </button>
      )}
    </>
  );
}
