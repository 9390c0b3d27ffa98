// A choice of events inside a question: an event, or any, and the conditions on it.

import { IconFilterPlus } from "@tabler/icons-react";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import type { EventChoice } from "../api/shapes";
import { ConditionForm } from "./condition-form";
import { ConditionWords } from "./condition-words";
import { EventList } from "./event-list";
import { EventName } from "./event-name";
import { Word } from "./sentence";
import styles from "./event-word.module.css";

interface ChoiceWordsProps<Choice extends EventChoice> {
  choice: Choice;
  label: string;
  // What stands where any event counts; a choice without it names one.
  any?: string;
  onChange: (choice: Choice) => void;
  onKeyDown?: (pressed: KeyboardEvent) => void;
  // What else one can do with it, below the list of events.
  acts?: (close: () => void) => ReactNode;
}

export function ChoiceWords<Choice extends EventChoice>(props: ChoiceWordsProps<Choice>) {
  const { choice, label, any = "choose an event", onChange, onKeyDown } = props;
  const event = choice.event ?? null;
  return (
    <>
      <Word
        says={event === null ? any : <EventName event={event} />}
        label={`${label}: ${event ?? any}`}
        width={310}
        {...(onKeyDown ? { onKeyDown } : {})}
      >
        {(close) => <ChoiceMenu {...props} close={close} />}
      </Word>
      <ConditionWords
        where={choice.where ?? []}
        label={`Condition on ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
        onChange={(where) => onChange({ ...choice, where })}
      />
    </>
  );
}

function ChoiceMenu<Choice extends EventChoice>({
  choice,
  any,
  onChange,
  acts,
  close,
}: ChoiceWordsProps<Choice> & { close: () => void }) {
  const [adding, setAdding] = useState(false);
  const done = (changed: Choice) => {
    onChange(changed);
    close();
  };
  if (adding)
    return (
      <ConditionForm
        onDone={(condition) => done({ ...choice, where: [...(choice.where ?? []), condition] })}
      />
    );
  return (
    <>
      <EventList chosen={choice.event ?? ""} onChoose={(event) => done({ ...choice, event })} />
      <div className={styles.acts}>
        <button type="button" onClick={() => setAdding(true)}>
          <IconFilterPlus size={15} aria-hidden />
          Add a condition
        </button>
        {any && (
          <button
            type="button"
            disabled={choice.event === null}
            onClick={() => done({ ...choice, event: null })}
          >
            {any.charAt(0).toUpperCase() + any.slice(1)}
          </button>
        )}
        {acts?.(close)}
      </div>
    </>
  );
}
