// What people do just before and just after one event, where timelines begin and end, and the most
// frequent steps from one event to the next. Every number opens its people.

import type { PathsAnswer, PathsCell, PathsDefinition } from "../api/shapes";
import { around, type Around } from "../words/around";
import { count, share } from "../words/number";
import { AnswerMark } from "./answer-mark";
import { EventName } from "./event-name";
import { Flow } from "./flow";
import { Sheet } from "./sheet";
import { Opens, Table } from "./table";
import answer from "./answer.module.css";
import styles from "../rooms/room.module.css";

const TRANSITIONS_SHOWN = 20;
const EDGES_SHOWN = 8;

interface AroundEventProps {
  answer: PathsAnswer;
  event: string;
  by: NonNullable<PathsDefinition["by"]>;
  onChoose: (event: string) => void;
  onOpen: (cell: PathsCell) => void;
}

export function AroundEvent({ answer: told, event, by, onChoose, onOpen }: AroundEventProps) {
  const here = around(told, event);
  return (
    <>
      {here.total === 0 ? (
        <p className={styles.hint}>
          Nobody did {event} in this period. Choose a longer one, or another event.
        </p>
      ) : (
        <>
          <AroundWords here={here} />
          <Sheet
            title="Just before and just after"
            note="a name moves the picture to it"
            aside={<AnswerMark about={told.about} />}
          >
            <Flow here={here} onChoose={onChoose} />
          </Sheet>
        </>
      )}
      <div className={styles.halves}>
        <Edge
          title="First events"
          rows={told.starts}
          of={told.paths}
          by={by}
          onOpen={(first) => onOpen({ step: 1, event: first })}
        />
        <Edge
          title="Last events"
          rows={told.ends}
          of={told.paths}
          by={by}
          onOpen={(last) => onOpen({ event: last, dropped: true })}
        />
      </div>
      <Sheet
        title="Every step from one event to the next"
        note={`the ${Math.min(TRANSITIONS_SHOWN, told.transitions.length)} most frequent`}
      >
        <Table
          caption="Steps from one event to the next, the most frequent first"
          rows={told.transitions.slice(0, TRANSITIONS_SHOWN)}
          columns={[
            { title: "From", cell: (row) => <EventName event={row.from} />, name: true },
            { title: "To", cell: (row) => <EventName event={row.to} />, name: true },
            {
              title: "Times",
              figure: true,
              cell: (row) => (
                <Opens
                  label={`Show who did ${row.from}, then ${row.to}`}
                  onOpen={() => onOpen({ from: row.from, to: row.to })}
                >
                  {count(row.count)}
                </Opens>
              ),
            },
          ]}
        />
      </Sheet>
    </>
  );
}

function AroundWords({ here }: { here: Around }) {
  const next = here.after.find((one) => one.event !== null);
  const end = here.after.find((one) => one.event === null)?.count ?? 0;
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {next ? share(next.count, here.total) : "0 %"}
        <span className={answer.unit}>
          {next ? `then do ${next.event === here.event ? "it again" : next.event}` : "go on"}
        </span>
      </p>
      <p className={answer.words}>
        {here.event} happened {count(here.total)} times.{" "}
        {end > 0
          ? `In ${count(end)} of them, ${share(end, here.total)}, nothing came after.`
          : "Something always came after."}
      </p>
    </div>
  );
}

interface EdgeProps {
  title: string;
  rows: PathsAnswer["starts"];
  of: number;
  by: NonNullable<PathsDefinition["by"]>;
  onOpen: (event: string) => void;
}

// A person has one path; of visits there are several, each with an end of its own.
function Edge({ title, rows, of, by, onOpen }: EdgeProps) {
  const counted = by === "visit" ? "visits" : "people";
  return (
    <Sheet title={title} note={`of ${count(of)} ${counted}`}>
      <Table
        caption={title}
        rows={rows.slice(0, EDGES_SHOWN)}
        columns={[
          { title: "Event", cell: (row) => <EventName event={row.event} /> },
          {
            title: by === "visit" ? "Visits" : "People",
            figure: true,
            cell: (row) => (
              <Opens
                label={`${title}, ${row.event}: ${count(row.count)} ${counted}. Show the people.`}
                onOpen={() => onOpen(row.event)}
              >
                {count(row.count)}
              </Opens>
            ),
          },
          { title: "Share", figure: true, cell: (row) => share(row.count, of) },
        ]}
      />
    </Sheet>
  );
}
