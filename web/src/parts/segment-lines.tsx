// The lines of a segment: each says what somebody is or did, or is a group of further lines.

import { IconTrash } from "@tabler/icons-react";
import { useSegments } from "../api/segments";
import type { Segment } from "../api/shapes";
import { useProject } from "../frame/project";
import { count } from "../words/number";
import { groupOf, sayBehind, type Group, type Joined } from "../words/segment";
import { ConditionForm } from "./condition-form";
import { ConditionWords } from "./condition-words";
import { DidWords } from "./did-words";
import { ChoiceWord, Word, type Choice } from "./sentence";
import styles from "./segment-lines.module.css";

// As deep as the form shows it without losing the thread; the server takes ten.
const DEPTH_MAX = 3;

const JOINED: Choice<Joined>[] = [
  { value: "all", says: "all of these", means: "Each line has to be true of a person." },
  { value: "any", says: "any of these", means: "One of the lines is enough." },
];

const MEANT: Choice<"yes" | "no">[] = [
  { value: "yes", says: "People" },
  { value: "no", says: "Not people", means: "Everyone of whom the rest of the line is not true." },
];

interface SegmentLinesProps {
  group: Group;
  depth?: number;
  onChange: (group: Group) => void;
}

export function SegmentLines({ group, depth = 1, onChange }: SegmentLinesProps) {
  const { joined, parts } = group;
  const put = (changed: Segment[]) => onChange({ joined, parts: changed });
  return (
    <div className={styles.group}>
      {parts.length > 1 && (
        <p className={styles.joined}>
          Those of whom{" "}
          <ChoiceWord
            value={joined}
            choices={JOINED}
            label="Lines"
            onChoose={(chosen) => onChange({ joined: chosen, parts })}
          />{" "}
          are true
        </p>
      )}
      {parts.length > 0 && (
        <ul className={styles.lines}>
          {parts.map((part, at) => (
            <Line
              key={at}
              part={part}
              depth={depth}
              onChange={(changed) => put(parts.map((one, place) => (place === at ? changed : one)))}
              onRemove={() => put(parts.filter((_, place) => place !== at))}
            />
          ))}
        </ul>
      )}
      <AddLine
        deeper={depth < DEPTH_MAX && parts.length > 0}
        onAdd={(added) => put([...parts, added])}
      />
    </div>
  );
}

interface LineProps {
  part: Segment;
  depth: number;
  onChange: (part: Segment) => void;
  onRemove: () => void;
}

function Line({ part, depth, onChange, onRemove }: LineProps) {
  const meant = part.not ?? part;
  const put = (changed: Segment) => onChange(part.not ? { not: changed } : changed);
  return (
    <li className={styles.line}>
      <div className={styles.words}>
        <ChoiceWord
          value={part.not ? "no" : "yes"}
          choices={MEANT}
          label="Meant"
          onChoose={(chosen) => onChange(chosen === "no" ? { not: meant } : meant)}
        />{" "}
        <LineWords meant={meant} depth={depth} onChange={put} />
      </div>
      <button
        type="button"
        className={styles.remove}
        aria-label="Remove the line"
        onClick={onRemove}
      >
        <IconTrash size={16} stroke={1.7} />
      </button>
    </li>
  );
}

interface LineWordsProps {
  meant: Segment;
  depth: number;
  onChange: (meant: Segment) => void;
}

function LineWords({ meant, depth, onChange }: LineWordsProps) {
  if (meant.are) return <AreWords are={meant.are} onChange={(are) => onChange({ are })} />;
  if (meant.did) return <DidWords did={meant.did} onChange={(did) => onChange({ did })} />;
  if (meant.saved)
    return <SavedWord name={meant.saved} onChange={(saved) => onChange({ saved })} />;
  if (meant.people) return <>of a list of {count(meant.people.length)}</>;
  if (meant.behind) return <>{sayBehind(meant.behind.definition)}</>;
  return (
    <>
      of whom
      <SegmentLines
        group={groupOf(meant)}
        depth={depth + 1}
        onChange={({ joined, parts }) =>
          onChange(joined === "all" ? { all: parts } : { any: parts })
        }
      />
    </>
  );
}

function AreWords({
  are,
  onChange,
}: {
  are: NonNullable<Segment["are"]>;
  onChange: (are: NonNullable<Segment["are"]>) => void;
}) {
  return (
    <>
      {are.length === 0 && "whose "}
      <ConditionWords where={are} label="Property" lead="whose" of={[]} onChange={onChange} />{" "}
      <Word
        says={
          <span className={styles.quiet}>{are.length > 0 ? "+ and" : "choose a property"}</span>
        }
        label={are.length > 0 ? "One more property" : "Choose a property"}
      >
        {(close) => (
          <ConditionForm
            of={[]}
            onDone={(condition) => {
              onChange([...are, condition]);
              close();
            }}
          />
        )}
      </Word>
    </>
  );
}

function SavedWord({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const { project } = useProject();
  const known = useSegments(project.name);
  const choices = (known.data ?? []).map((one) => ({
    value: one.name,
    says: one.title || one.name,
  }));
  return (
    <>
      in <ChoiceWord value={name} choices={choices} label="Segment" onChoose={onChange} />
    </>
  );
}

function AddLine({ deeper, onAdd }: { deeper: boolean; onAdd: (part: Segment) => void }) {
  const { project, schema } = useProject();
  const known = useSegments(project.name);
  const [first] = known.data ?? [];
  const event = schema.events[0]?.name ?? null;
  const lines: { says: string; part: Segment }[] = [
    { says: "What they did", part: { did: { event, where: [] } } },
    { says: "What they are", part: { are: [] } },
    ...(first ? [{ says: "A kept segment", part: { saved: first.name } }] : []),
    ...(deeper ? [{ says: "A group", part: { any: [] } }] : []),
  ];
  return (
    <div className={styles.add} role="group" aria-label="Add a line">
      {lines.map(({ says, part }) => (
        <button key={says} type="button" onClick={() => onAdd(part)}>
          + {says}
        </button>
      ))}
    </div>
  );
}
