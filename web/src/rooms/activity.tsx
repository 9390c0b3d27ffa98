// Activity: the events themselves, the newest first, with the properties one asks for.

import { Link } from "wouter";
import { useListReport } from "../api/questions";
import type { ActivityAnswer, ActivityDefinition, EventChoice } from "../api/shapes";
import { useAddress, useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { ChoiceWords } from "../parts/choice-words";
import { EventName } from "../parts/event-name";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { PropertiesPick } from "../parts/properties-pick";
import { SegmentWord } from "../parts/segment-word";
import { Sentence } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Opens, Table, type Column } from "../parts/table";
import answer from "../parts/answer.module.css";
import people from "./people.module.css";
import { choice, list, text, type Fields } from "../words/address";
import { count } from "../words/number";
import { sayChoice } from "../words/segment";
import { namesIn, tell } from "../words/telling";
import { clock, day, dayOf, exact } from "../words/time";
import styles from "./room.module.css";

const EVENTS_A_PAGE = 100;
const COLUMNS_MAX = 6;
// The server gives fifty columns at most.
const TOLD_MAX = 40;

const ACTIVITY: Fields<{ event: EventChoice; property: string[] }> = {
  event: choice,
  property: list(text, COLUMNS_MAX),
};

type Row = ActivityAnswer["rows"][number];

export default function Activity() {
  const { project } = useProject();
  const told = useToldNames();
  const { question, change, cell, open } = useQuestion(ACTIVITY);
  const { event = { event: null }, property = [] } = question;
  const definition: ActivityDefinition = {
    kind: "activity",
    events: event,
    columns: [...new Set([...property, ...told])].map((name) => ({ property: name })),
    limit: EVENTS_A_PAGE,
    ...useAsked(),
  };
  const asked = useListReport(project.name, "activity", definition, "before");
  return (
    <div className={styles.room}>
      <Sentence>
        What did <SegmentWord /> do <PeriodWord />, of{" "}
        <ChoiceWords
          choice={event}
          label="Event"
          any="anything"
          onChange={(chosen) => change({ ...question, event: chosen })}
        />
        , the newest first?
      </Sentence>
      <Asked asked={asked}>
        {({ pages }) => (
          <>
            <Total answer={pages[0]} event={event} onOpen={() => open({})} />
            <Sheet title="Events" aside={<AnswerMark about={pages[0]?.about} />}>
              <PropertiesPick
                chosen={property}
                onChange={(chosen) =>
                  change({ ...question, property: chosen.slice(0, COLUMNS_MAX) })
                }
              />
              <Events rows={pages.flatMap((page) => page.rows)} properties={property} />
              {asked.hasNextPage && (
                <button
                  type="button"
                  className={people.clear}
                  disabled={asked.isFetchingNextPage}
                  onClick={() => void asked.fetchNextPage()}
                >
                  {asked.isFetchingNextPage ? "Fetching…" : "Earlier events"}
                </button>
              )}
            </Sheet>
          </>
        )}
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={() => `Did ${sayChoice(event)}`}
        onClose={() => open(null)}
      />
    </div>
  );
}

// The properties that sentences tell of, as far as a question may use them.
function useToldNames(): string[] {
  const { schema, askable } = useProject();
  const names = schema.events.flatMap((event) => namesIn(event.sentence));
  return [...new Set(names)].filter((name) => askable.has(name)).slice(0, TOLD_MAX);
}

interface TotalProps {
  answer: ActivityAnswer | undefined;
  event: EventChoice;
  onOpen: () => void;
}

function Total({ answer: told, event, onOpen }: TotalProps) {
  if (!told) return null;
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {count(told.events)}
        <span className={answer.unit}>events</span>
      </p>
      <p className={answer.words}>
        <Opens label={`Show the ${count(told.people)} people`} onOpen={onOpen}>
          {count(told.people)} people
        </Opens>{" "}
        did {sayChoice(event)}.
      </p>
    </div>
  );
}

function Events({ rows, properties }: { rows: Row[]; properties: string[] }) {
  const { project, summaryOf } = useProject();
  const address = useAddress();
  const says = (row: Row) => {
    const sentence = summaryOf(row.event)?.sentence;
    return sentence && tell(sentence, { person: `Person ${row.person}`, values: row.properties });
  };
  const zone = project.timezone;
  const columns: Column<Row>[] = [
    { title: "Event", cell: (row) => <EventName event={row.event} says={says(row) || undefined} /> },
    {
      title: "When",
      cell: (row) => (
        <time dateTime={row.ts} title={exact(row.ts, zone)}>
          {day(dayOf(row.ts, zone))}, {clock(row.ts, zone)}
        </time>
      ),
    },
    ...properties.map((name): Column<Row> => ({
      title: name,
      wide: true,
      cell: (row) => String(row.properties[name] ?? "–"),
    })),
    {
      title: "Person",
      figure: true,
      cell: (row) => (
        <Link href={address(`people/${row.person}`)} className={styles.link}>
          {row.person}
        </Link>
      ),
    },
  ];
  return <Table caption="Events, the newest first" rows={rows} columns={columns} />;
}
