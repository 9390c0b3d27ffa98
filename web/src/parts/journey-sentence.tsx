// The question about a journey, word by word: fixed steps, steps that show what comes, the window,
// and the segments set side by side.

import { useSegments } from "../api/segments";
import type { Dimension, JourneyStep } from "../api/shapes";
import { useProject } from "../frame/project";
import { sayDimension } from "../words/breakdown";
import {
  isWritten,
  STEPS_MAX,
  stepName,
  TOP_USUAL,
  WITHIN_USUAL,
  type Asking,
} from "../words/journey";
import { DimensionForm } from "./breakdown-word";
import { ChoiceWords } from "./choice-words";
import { DurationWord } from "./duration-word";
import { MoreWord } from "./event-word";
import { JourneyStepActs } from "./journey-step-acts";
import { MoreOptions, type Option } from "./more-options";
import { NumberWord } from "./number-word";
import { PeriodWord } from "./period-word";
import { SegmentWord } from "./segment-word";
import { Sentence, Word } from "./sentence";
import styles from "./event-word.module.css";

interface JourneySentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function JourneySentence({ question, onChange }: JourneySentenceProps) {
  const { step: steps, within = WITHIN_USUAL } = question;
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const add = (step: JourneyStep) => put({ step: [...steps, step] });
  return (
    <Sentence>
      How do <SegmentWord /> go from{" "}
      {steps.map((step, at) => (
        <span key={at}>
          {at > 0 && "\u2060, to "}
          <StepWords
            step={step}
            at={at}
            onStep={(changed) =>
              put({ step: steps.map((one, place) => (place === at ? changed : one)) })
            }
            {...(steps.length > 1 && at > 0
              ? { onRemove: () => put({ step: steps.filter((_, place) => place !== at) }) }
              : {})}
          />
        </span>
      ))}{" "}
      {steps.length < STEPS_MAX && (
        <>
          <MoreWord says="add a step" onChoose={(event) => add({ event })} />{" "}
          <AddOpenStep onAdd={add} />
        </>
      )}
      , <PeriodWord />, within{" "}
      <DurationWord
        label="Window"
        duration={within}
        onChange={(chosen) => put({ within: chosen ?? WITHIN_USUAL })}
      />
      ? <BesideWords question={question} onChange={onChange} />
    </Sentence>
  );
}

interface StepWordsProps {
  step: JourneyStep;
  at: number;
  onStep: (step: JourneyStep) => void;
  onRemove?: () => void;
}

function StepWords({ step, at, onStep, onRemove }: StepWordsProps) {
  const acts = (close: () => void) => (
    <JourneyStepActs {...{ step, at, onStep, close }} {...(onRemove ? { onRemove } : {})} />
  );
  return (
    <>
      {step.by ? (
        <>
          <Word
            says={step.by === "event" ? stepName(step) : `the ${sayDimension(step.by)}`}
            label={`Step ${at + 1}: ${stepName(step)}`}
          >
            {(close) => <div className={styles.acts}>{acts(close)}</div>}
          </Word>
          {step.by !== "event" && (
            <>
              {" of "}
              <ChoiceWords
                choice={step}
                label={`Event of step ${at + 1}`}
                any="anything"
                onChange={onStep}
              />
            </>
          )}
        </>
      ) : (
        <ChoiceWords
          choice={step}
          label={`Step ${at + 1}`}
          any="anything"
          onChange={onStep}
          acts={acts}
        />
      )}
      {(step.or ?? []).map((branch, place) => (
        <span key={place}>
          {" or "}
          <ChoiceWords
            choice={branch}
            label={`Step ${at + 1}, or`}
            onChange={(changed) =>
              onStep({
                ...step,
                or: (step.or ?? []).map((one, number) => (number === place ? changed : one)),
              })
            }
            acts={(close) => (
              <button
                type="button"
                onClick={() => {
                  onStep({ ...step, or: (step.or ?? []).filter((_, number) => number !== place) });
                  close();
                }}
              >
                Remove the branch
              </button>
            )}
          />
        </span>
      ))}
      {step.by && (
        <>
          {" (the "}
          <NumberWord
            label="Ways shown"
            value={step.top ?? TOP_USUAL}
            least={1}
            most={20}
            onChange={(top) => onStep({ ...step, top: top ?? TOP_USUAL })}
          />
          {" most frequent)"}
        </>
      )}
      {(step.at_least ?? 1) > 1 && (
        <>
          {" at least "}
          <NumberWord
            label="At least"
            value={step.at_least ?? 1}
            least={1}
            most={1_000}
            onChange={(times) => onStep({ ...step, at_least: times ?? 1 })}
          />
          {" times"}
        </>
      )}
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
      {step.optional && " (or not)"}
      {step.hidden && " (not shown)"}
    </>
  );
}

// A step that shows what came: the next event, or a value of a property.
function AddOpenStep({ onAdd }: { onAdd: (step: JourneyStep) => void }) {
  return (
    <Word says={<span className={styles.quiet}>+ see what comes</span>} label="See what comes">
      {(close) => {
        const done = (by: "event" | Dimension) => {
          onAdd({ by, top: TOP_USUAL });
          close();
        };
        return (
          <>
            <div className={styles.acts}>
              <button type="button" onClick={() => done("event")}>
                The next event
              </button>
            </div>
            <DimensionForm onDone={done} />
          </>
        );
      }}
    </Word>
  );
}

function BesideWords({ question, onChange }: JourneySentenceProps) {
  const { project } = useProject();
  const segments = useSegments(project.name);
  const beside = question.beside ?? [];
  const put = (changed: string[]) =>
    onChange({ ...question, beside: changed.length > 0 ? changed : undefined });
  const known = (segments.data ?? []).filter((one) => isWritten(one.segment));
  const options: Option[] = known.map((one) => {
    const on = beside.includes(one.name);
    return {
      says: `${on ? "No longer" : "Side by side:"} ${one.title || one.name}`,
      onChoose: () => put(on ? beside.filter((name) => name !== one.name) : [...beside, one.name]),
    };
  });
  return <MoreOptions options={options} />;
}
