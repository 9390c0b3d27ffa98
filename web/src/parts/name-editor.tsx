// What is said of one name, to be changed in its place: the texts are kept with a button, the states
// at once.

import { useState, type FormEvent, type ReactNode } from "react";
import { useDescribe } from "../api/names";
import type {
  EventDetail,
  EventEntry,
  EventIconName,
  PropertyDetail,
  PropertyEntry,
} from "../api/shapes";
import { useProject } from "../frame/project";
import { count, share } from "../words/number";
import { tell } from "../words/telling";
import { EVENT_ICONS, EventIcon } from "./event-icon";
import { Pick } from "./pick";
import { ProblemNote } from "./problem-note";
import styles from "./name-editor.module.css";

const ICONS = Object.keys(EVENT_ICONS) as EventIconName[];
const EVENTS_SHOWN = 6;
const TYPES: [string, string][] = [
  ["", "any, nothing is planned"],
  ["text", "text"],
  ["number", "number"],
  ["flag", "flag, yes or no"],
];

export function EventEditor({ detail }: { detail: EventDetail }) {
  const { project } = useProject();
  const describe = useDescribe(project.name, "events");
  const [entry, setEntry] = useState<EventEntry>(detail.entry);
  const say = (said: EventEntry) => describe.mutate({ name: detail.name, entry: said });
  const { sentence = "" } = entry;
  return (
    <Editor
      describe={describe}
      onKeep={() => say(entry)}
      acts={
        <States
          entry={detail.entry}
          onChange={(states) => say({ ...detail.entry, ...states })}
          onPlan={() => say({ ...detail.entry, planned: !detail.entry.planned })}
        />
      }
    >
      <Text
        label="Title"
        value={entry.title}
        placeholder={detail.name}
        onType={(title) => setEntry({ ...entry, title })}
      />
      <Text
        label="Sentence on the timeline"
        value={sentence}
        placeholder="{person} paid {total}[ for {plan}]"
        onType={(typed) => setEntry({ ...entry, sentence: typed })}
      />
      <Text
        label="What it means"
        value={entry.description}
        onType={(description) => setEntry({ ...entry, description })}
      />
      {sentence && (
        <p className={styles.says}>
          Without any value: “{tell(sentence, { person: "Person 7", values: {} })}”
        </p>
      )}
      <IconPick icon={entry.icon ?? null} onPick={(icon) => setEntry({ ...entry, icon })} />
    </Editor>
  );
}

export function PropertyEditor({ detail }: { detail: PropertyDetail }) {
  const { project } = useProject();
  const describe = useDescribe(project.name, "properties");
  const [entry, setEntry] = useState<PropertyEntry>(detail.entry);
  const say = (said: PropertyEntry) => describe.mutate({ name: detail.name, entry: said });
  const plan = (type: string) =>
    setEntry({ ...entry, planned: (type || null) as NonNullable<PropertyEntry["planned"]> | null });
  return (
    <Editor
      describe={describe}
      onKeep={() => say(entry)}
      acts={
        <States
          entry={detail.entry}
          onChange={(states) => say({ ...detail.entry, ...states })}
        />
      }
    >
      <Text
        label="Title"
        value={entry.title}
        placeholder={detail.name}
        onType={(title) => setEntry({ ...entry, title })}
      />
      <Text
        label="What it means"
        value={entry.description}
        onType={(description) => setEntry({ ...entry, description })}
      />
      <div className={styles.field}>
        <Pick label="Planned type" value={entry.planned ?? ""} options={TYPES} onPick={plan} />
      </div>
      {entry.planned && (
        <p className={styles.says}>
          An event that has it with another type is refused, and waits in the quarantine.
        </p>
      )}
      <CameWith detail={detail} />
    </Editor>
  );
}

function CameWith({ detail }: { detail: PropertyDetail }) {
  const { summaryOf } = useProject();
  if (detail.events.length === 0) return null;
  const says = detail.events.slice(0, EVENTS_SHOWN).map(({ name, events }) => {
    const summary = summaryOf(name);
    return `${summary?.title || name} (${share(events, summary?.events ?? events)})`;
  });
  const rest = detail.events.length - says.length;
  return (
    <p className={styles.says}>
      Comes with {says.join(", ")}
      {rest > 0 && ` and ${count(rest)} more`}.
    </p>
  );
}

interface EditorProps {
  describe: { error: unknown; isPending: boolean };
  onKeep: () => void;
  acts: ReactNode;
  children: ReactNode;
}

function Editor({ describe, onKeep, acts, children }: EditorProps) {
  const keep = (sent: FormEvent) => {
    sent.preventDefault();
    onKeep();
  };
  return (
    <form className={styles.form} onSubmit={keep} aria-busy={describe.isPending}>
      {children}
      {describe.error !== null && <ProblemNote failure={describe.error} />}
      <div className={styles.acts}>
        <button type="submit" className={styles.keep} disabled={describe.isPending}>
          Keep
        </button>
        {acts}
      </div>
    </form>
  );
}

interface StatesProps {
  entry: { planned?: unknown; blocked?: boolean; archived?: boolean };
  onChange: (states: { blocked?: boolean; archived?: boolean }) => void;
  // Where it is planned without saying as what.
  onPlan?: () => void;
}

function States({ entry, onChange, onPlan }: StatesProps) {
  return (
    <>
      {onPlan && (
        <button type="button" onClick={onPlan}>
          {entry.planned ? "Plan no longer" : "Plan"}
        </button>
      )}
      <button type="button" onClick={() => onChange({ archived: !entry.archived })}>
        {entry.archived ? "Restore" : "Archive"}
      </button>
      <button
        type="button"
        data-grave={!entry.blocked || undefined}
        title={entry.blocked ? "Collect it again" : "Collect it no more, from the next event on"}
        onClick={() => onChange({ blocked: !entry.blocked })}
      >
        {entry.blocked ? "Lift the block" : "Block"}
      </button>
    </>
  );
}

interface TextProps {
  label: string;
  value: string | undefined;
  placeholder?: string;
  onType: (typed: string) => void;
}

function Text({ label, value = "", placeholder, onType }: TextProps) {
  return (
    <label className={styles.field}>
      {label}
      <input
        value={value}
        placeholder={placeholder}
        onChange={(change) => onType(change.target.value)}
      />
    </label>
  );
}

interface IconPickProps {
  icon: EventIconName | null;
  onPick: (icon: EventIconName | null) => void;
}

function IconPick({ icon, onPick }: IconPickProps) {
  return (
    <div className={styles.icons} role="group" aria-label="Icon">
      {ICONS.map((one) => (
        <button
          key={one}
          type="button"
          title={one}
          aria-label={one}
          aria-pressed={one === icon}
          onClick={() => onPick(one === icon ? null : one)}
        >
          <EventIcon icon={one} size={17} />
        </button>
      ))}
    </div>
  );
}
