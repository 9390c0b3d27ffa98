// Segments: those the project keeps, how many are in each now, and the people of one.

import { IconPencil, IconTrash, IconUsersPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useForgetSegment, useSegmentCount, useSegmentPeople, useSegments } from "../api/segments";
import type { SavedSegment } from "../api/shapes";
import { useAddress, useProject, useSaySegment } from "../frame/project";
import { useSegmentBuilder } from "../frame/segment-builder";
import { Asked } from "../parts/asked";
import { PeopleList } from "../parts/people-list";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { count, people, share } from "../words/number";
import room from "./room.module.css";
import styles from "./segments.module.css";

export default function Segments() {
  const { project } = useProject();
  const [search, setSearch] = useSearchParams();
  const build = useSegmentBuilder();
  const asked = useSegments(project.name);
  const chosen = search.get("of");
  const look = (name: string | null) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      next.delete("of");
      if (name) next.set("of", name);
      return next;
    });
  return (
    <div className={room.room}>
      <header className={styles.head}>
        <p className={styles.lead}>
          A segment is a question that each person answers with yes or no, asked anew each time.
        </p>
        <button type="button" className={styles.new} onClick={() => build({ segment: null })}>
          <IconUsersPlus size={16} aria-hidden /> New segment
        </button>
      </header>
      <Asked asked={asked}>
        {(segments) =>
          segments.length === 0 ? (
            <p className={room.hint}>
              None is kept yet. Build one here, or keep the people behind any number of a report.
            </p>
          ) : (
            <ul className={styles.list} aria-label="Segments">
              {segments.map((one) => (
                <Line
                  key={one.name}
                  saved={one}
                  open={one.name === chosen}
                  onLook={() => look(one.name === chosen ? null : one.name)}
                />
              ))}
            </ul>
          )
        }
      </Asked>
      {asked.data?.map((one) => one.name === chosen && <Behind key={one.name} saved={one} />)}
    </div>
  );
}

interface LineProps {
  saved: SavedSegment;
  open: boolean;
  onLook: () => void;
}

function Line({ saved, open, onLook }: LineProps) {
  const { project, schema } = useProject();
  const says = useSaySegment();
  const address = useAddress();
  const [, go] = useLocation();
  const build = useSegmentBuilder();
  const counted = useSegmentCount(project.name, { saved: saved.name });
  return (
    <li className={styles.one}>
      <div className={styles.who}>
        <h2>{saved.title || saved.name}</h2>
        <p className={styles.says}>{says(saved.segment)}</p>
        {counted.error && <ProblemNote failure={counted.error} />}
      </div>
      <button
        type="button"
        className={styles.count}
        aria-expanded={open}
        aria-label={`Show the people of ${saved.title || saved.name}`}
        onClick={onLook}
      >
        <b>{counted.data === undefined ? "…" : count(counted.data)}</b>
        <span>{counted.data === undefined ? "" : share(counted.data, schema.people)}</span>
      </button>
      <div className={styles.acts}>
        <button
          type="button"
          className={styles.ask}
          onClick={() => go(`${address("overview").split("?")[0]}?segment=${saved.name}`)}
        >
          Ask of them
        </button>
        <button
          type="button"
          aria-label={`Change ${saved.title || saved.name}`}
          onClick={() => build({ segment: saved.segment, saved })}
        >
          <IconPencil size={16} stroke={1.7} />
        </button>
        <Forget saved={saved} />
      </div>
    </li>
  );
}

// Questions that name it are refused from then on, so it is asked twice.
function Forget({ saved }: { saved: SavedSegment }) {
  const { project } = useProject();
  const forget = useForgetSegment(project.name);
  const [sure, setSure] = useState(false);
  if (!sure)
    return (
      <button
        type="button"
        aria-label={`Delete ${saved.title || saved.name}`}
        onClick={() => setSure(true)}
      >
        <IconTrash size={16} stroke={1.7} />
      </button>
    );
  return (
    <button
      type="button"
      className={styles.sure}
      disabled={forget.isPending}
      onBlur={() => setSure(false)}
      onClick={() => forget.mutate(saved.name)}
      autoFocus
    >
      Delete it
    </button>
  );
}

function Behind({ saved }: { saved: SavedSegment }) {
  const { project } = useProject();
  const asked = useSegmentPeople(project.name, { saved: saved.name });
  return (
    <Asked asked={asked}>
      {({ pages }) => (
        <Sheet title={saved.title || saved.name} note={people(pages[0]?.total ?? 0)}>
          <PeopleList
            pages={pages}
            hasMore={asked.hasNextPage}
            fetching={asked.isFetchingNextPage}
            more={() => void asked.fetchNextPage()}
          />
        </Sheet>
      )}
    </Asked>
  );
}
