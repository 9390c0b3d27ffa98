// People: everyone, the most recently seen first, or those of a segment, one by one; a whole
// identifier finds one. Or in columns, with what each of them did.

import type { ReactNode } from "react";
import { useSearchParams } from "wouter";
import { usePeople } from "../api/questions";
import { useSegmentPeople } from "../api/segments";
import { useProject, useSegment } from "../frame/project";
import { useQuestion } from "../frame/question";
import { FindForm } from "../parts/find-form";
import { Answering, FirstLoad } from "../parts/loading";
import { PeopleColumns } from "../parts/people-columns";
import { PeopleList } from "../parts/people-list";
import { ProblemNote } from "../parts/problem-note";
import { Segmented } from "../parts/segmented";
import { Sheet } from "../parts/sheet";
import { count, people } from "../words/number";
import { PEOPLE, type PeopleQuestion } from "../words/people";
import styles from "./people.module.css";
import room from "./room.module.css";

const SHOWS: { value: PeopleQuestion["show"]; says: string }[] = [
  { value: "list", says: "Who they are" },
  { value: "columns", says: "What they did" },
];

export default function People() {
  const { question, change, cell, open } = useQuestion(PEOPLE);
  const { show = "list" } = question;
  const choose = (
    <Segmented
      label="What to look at"
      value={show}
      choices={SHOWS}
      onChoose={(chosen) => change({ ...question, show: chosen })}
    />
  );
  return (
    <div className={room.room}>
      {show === "columns" ? (
        <>
          <div>{choose}</div>
          <PeopleColumns {...{ question, change, cell, open }} />
        </>
      ) : (
        <Everyone>{choose}</Everyone>
      )}
    </div>
  );
}

function Everyone({ children }: { children: ReactNode }) {
  const { project, schema } = useProject();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("search") ?? "";
  const { segment, says } = useSegment();
  const everyone = usePeople(project.name, wanted);
  const some = useSegmentPeople(project.name, wanted ? null : segment);
  // A whole identifier finds its person, in the segment or not.
  const asked = segment && !wanted ? some : everyone;
  const find = (typed: string) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      if (typed) next.set("search", typed);
      else next.delete("search");
      return next;
    });
  const total = asked.data?.pages[0]?.total ?? 0;
  return (
    <>
      <header className={styles.head}>
        {children}
        <p className={styles.total}>
          {wanted ? (
            <>
              {people(total)} with the identifier “{wanted}”
            </>
          ) : segment ? (
            <>
              <b>{count(total)}</b> in the segment: {says(segment)}
            </>
          ) : (
            <>
              <b>{count(schema.people)}</b> people, the most recently seen first
            </>
          )}
        </p>
        <FindForm
          key={wanted}
          wanted={wanted}
          of="A whole user id, e-mail or anonymous id"
          onFind={find}
        />
      </header>
      {asked.error && <ProblemNote failure={asked.error} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <FirstLoad inside />}
      {asked.data && !asked.error && (
        <Answering waiting={asked.isPlaceholderData}>
          {total === 0 && segment && !wanted ? (
            <p className={styles.why}>Nobody is in this segment now.</p>
          ) : total === 0 ? (
            <Nobody wanted={wanted} onClear={() => find("")} />
          ) : (
            <Sheet>
              <PeopleList
                pages={asked.data.pages}
                hasMore={asked.hasNextPage}
                fetching={asked.isFetchingNextPage}
                more={() => void asked.fetchNextPage()}
              />
            </Sheet>
          )}
        </Answering>
      )}
    </>
  );
}

function Nobody({ wanted, onClear }: { wanted: string; onClear: () => void }) {
  return (
    <Sheet title="Nobody has this identifier">
      <p className={styles.why}>
        “{wanted}” was compared whole: identifiers are kept sealed, so no part of one can be
        searched. See whether it is complete.
      </p>
      <p>
        <button type="button" className={styles.clear} onClick={onClear}>
          Show everyone
        </button>
      </p>
    </Sheet>
  );
}
