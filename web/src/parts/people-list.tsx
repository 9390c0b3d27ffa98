// People, one line each, drawn only where one looks: a list of a million scrolls like one of ten.

import { useVirtualizer } from "@tanstack/react-virtual";
import { IconUser, IconUserQuestion } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import type { PersonPage, PersonSummary } from "../api/shapes";
import { useAddress } from "../frame/project";
import { count } from "../words/number";
import { When } from "./when";
import styles from "./people-list.module.css";

const ROW_PX = 52;
const FETCH_AHEAD_ROWS = 20;

interface PeopleListProps {
  pages: PersonPage[];
  more: () => void;
  hasMore: boolean;
  fetching: boolean;
  narrow?: boolean;
}

export function PeopleList({ pages, more, hasMore, fetching, narrow = false }: PeopleListProps) {
  const rows = pages.flatMap((page) => page.people);
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !fetching && lastSeen >= rows.length - FETCH_AHEAD_ROWS) more();
  }, [hasMore, fetching, lastSeen, rows.length, more]);
  return (
    <div className={styles.list} data-narrow={narrow || undefined}>
      <div className={styles.head} aria-hidden>
        <span>Person</span>
        <span>Identifiers</span>
        <span data-figure>Events</span>
        <span data-figure>First seen</span>
        <span data-figure>Last seen</span>
      </div>
      <div className={styles.scroll} ref={scroll} tabIndex={-1}>
        <ul className={styles.rows} style={{ height: virtual.getTotalSize() }} aria-label="People">
          {items.map((item) => {
            const person = rows[item.index];
            return (
              <li
                key={item.key}
                className={styles.row}
                style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                aria-setsize={pages[0]?.total ?? -1}
                aria-posinset={item.index + 1}
              >
                {person ? (
                  <PersonLine person={person} />
                ) : (
                  <span className={styles.wait}>Fetching more…</span>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

function PersonLine({ person }: { person: PersonSummary }) {
  const address = useAddress();
  const Mark = person.known ? IconUser : IconUserQuestion;
  return (
    <Link href={address(`people/${person.id}`)} className={styles.line}>
      <span className={styles.person}>
        <span
          className={styles.mark}
          data-known={person.known || undefined}
          title={person.known ? "Known by a user id or an e-mail" : "Anonymous so far"}
        >
          <Mark size={16} stroke={1.7} aria-hidden />
        </span>
        <span className={styles.label}>{person.label}</span>
        {!person.known && <span className={styles.kind}>anonymous</span>}
      </span>
      <span className={styles.identifiers}>
        {person.identifiers.map((one) => (
          <code key={one.type + one.masked} title={`${one.type}, veiled`}>
            {one.masked}
          </code>
        ))}
      </span>
      <span data-figure className={styles.events}>
        {count(person.events)}
        <span className={styles.unit}>{person.events === 1 ? " event" : " events"}</span>
      </span>
      <span data-figure className={styles.first}>
        {person.first && <When instant={person.first} />}
      </span>
      <span data-figure className={styles.last}>
        {person.last && <When instant={person.last} />}
      </span>
    </Link>
  );
}
