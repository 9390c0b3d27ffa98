// Picks one of the events that exist: type to narrow, arrows to walk, Enter to take.

import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { EventSummary } from "../api/shapes";
import { useProject } from "../frame/project";
import { compact, people } from "../words/number";
import { EventName } from "./event-name";
import styles from "./event-list.module.css";

// A project may have received a million names; a list longer than this is searched, not read.
const SHOWN_MAX = 100;

interface EventListProps {
  chosen?: string;
  onChoose: (event: string) => void;
}

export function EventList({ chosen, onChoose }: EventListProps) {
  const { schema } = useProject();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(() => placeOf(schema.events, chosen));
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => matching(schema.events, typed), [schema.events, typed]);
  useEffect(() => {
    // The one that is chosen is in sight when the list opens; after that the reader scrolls.
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, []);
  const place = Math.min(at, found.length - 1);
  const walk = (pressed: KeyboardEvent) => {
    const step = pressed.key === "ArrowDown" ? 1 : pressed.key === "ArrowUp" ? -1 : 0;
    const taken = found[place];
    if (step !== 0) {
      const next = Math.max(0, Math.min(found.length - 1, place + step));
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (pressed.key === "Enter" && taken) onChoose(taken.name);
    else return;
    pressed.preventDefault();
  };
  return (
    <div className={styles.box}>
      <input
        className={styles.typed}
        value={typed}
        placeholder="Search events"
        aria-label="Search events"
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[place] ? `${id}-${place}` : undefined}
        onChange={(change) => {
          setTyped(change.target.value);
          setAt(0);
        }}
        onKeyDown={walk}
      />
      <ul className={styles.list} role="listbox" id={id} ref={list} aria-label="Events">
        {found.map((event, number) => (
          <Line
            key={event.name}
            id={`${id}-${number}`}
            event={event}
            chosen={event.name === chosen}
            here={number === place}
            onChoose={onChoose}
            onHover={() => setAt(number)}
          />
        ))}
      </ul>
      {found.length === 0 && <NoneFound of={schema.events.length} />}
    </div>
  );
}

function NoneFound({ of }: { of: number }) {
  return <p className={styles.none}>No event is called that. Clear the search to see all {of}.</p>;
}

interface LineProps {
  id: string;
  event: EventSummary;
  chosen: boolean;
  here: boolean;
  onChoose: (event: string) => void;
  onHover: () => void;
}

function Line({ id, event, chosen, here, onChoose, onHover }: LineProps) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={chosen}
      data-at={here || undefined}
      className={styles.one}
      onClick={() => onChoose(event.name)}
      onMouseMove={onHover}
    >
      <EventName event={event.name} />
      <span className={styles.count} title={people(event.people)}>
        {compact(event.people)}
      </span>
    </li>
  );
}

function matching(events: EventSummary[], typed: string): EventSummary[] {
  const wanted = typed.trim().toLowerCase();
  const holds = (event: EventSummary) =>
    [event.name, event.title].some((text) => text.toLowerCase().includes(wanted));
  return events.filter(holds).slice(0, SHOWN_MAX);
}

const placeOf = (events: EventSummary[], name: string | undefined): number =>
  Math.max(
    0,
    matching(events, "").findIndex((event) => event.name === name),
  );
