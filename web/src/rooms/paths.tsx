// Paths: what people do just before and just after an event, and where timelines begin and end.

import { useSearchParams } from "wouter";
import { useReport } from "../api/questions";
import type { PathsAnswer } from "../api/shapes";
import { usePeriod, useProject } from "../frame/project";
import { EventName } from "../parts/event-name";
import { EventWord } from "../parts/event-word";
import { Flow } from "../parts/flow";
import { Answering, FirstLoad } from "../parts/loading";
import { PeriodWord } from "../parts/period-word";
import { ProblemNote } from "../parts/problem-note";
import { PurposeMark } from "../parts/purpose-mark";
import { Sentence } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Table } from "../parts/table";
import answer from "../parts/answer.module.css";
import { around, type Around } from "../words/around";
import { count, share } from "../words/number";
import styles from "./room.module.css";

const TRANSITIONS_SHOWN = 20;

export default function Paths() {
  const { project, schema } = useProject();
  const { period } = usePeriod();
  const [search, setSearch] = useSearchParams();
  const event = search.get("event") ?? schema.events[0]?.name ?? "";
  const asked = useReport(project.name, "paths", { kind: "paths", ...(period ? { period } : {}) });
  const choose = (chosen: string) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      next.set("event", chosen);
      return next;
    });
  const here = asked.data && around(asked.data, event);
  return (
    <div className={styles.room}>
      <Sentence>
        What do people do just before and just after{" "}
        <EventWord event={event} label="Event" onChoose={choose} /> <PeriodWord />?
      </Sentence>
      {asked.error && <ProblemNote failure={asked.error} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <FirstLoad inside />}
      {asked.data && here && !asked.error && (
        <Answering waiting={asked.isPlaceholderData}>
          <Here here={here} onChoose={choose} />
          <Edges answer={asked.data} />
          <Sheet
            title="Every step from one event to the next"
            note={`the ${Math.min(TRANSITIONS_SHOWN, asked.data.transitions.length)} most frequent`}
          >
            <Transitions answer={asked.data} />
          </Sheet>
        </Answering>
      )}
    </div>
  );
}

function Here({ here, onChoose }: { here: Around; onChoose: (event: string) => void }) {
  if (here.total === 0) {
    return (
      <p className={styles.hint}>
        Nobody did {here.event} in this period. Choose a longer one, or another event.
      </p>
    );
  }
  return (
    <>
      <PathsWords here={here} />
      <Sheet
        title="Just before and just after"
        note="a name moves the picture to it"
        aside={<PurposeMark />}
      >
        <Flow here={here} onChoose={onChoose} />
      </Sheet>
    </>
  );
}

function PathsWords({ here }: { here: Around }) {
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

function Edges({ answer: told }: { answer: PathsAnswer }) {
  const edge = (title: string, rows: PathsAnswer["starts"]) => (
    <Sheet title={title} note={`of ${count(told.people)} people`}>
      <Table
        caption={title}
        rows={rows.slice(0, 8)}
        columns={[
          { title: "Event", cell: (row) => <EventName event={row.event} /> },
          { title: "People", figure: true, cell: (row) => count(row.count) },
          { title: "Share", figure: true, cell: (row) => share(row.count, told.people) },
        ]}
      />
    </Sheet>
  );
  return (
    <div className={styles.halves}>
      {edge("First events", told.starts)}
      {edge("Last events", told.ends)}
    </div>
  );
}

function Transitions({ answer: told }: { answer: PathsAnswer }) {
  return (
    <Table
      caption="Steps from one event to the next, the most frequent first"
      rows={told.transitions.slice(0, TRANSITIONS_SHOWN)}
      columns={[
        { title: "From", cell: (row) => <EventName event={row.from} />, name: true },
        { title: "To", cell: (row) => <EventName event={row.to} />, name: true },
        { title: "Times", figure: true, cell: (row) => count(row.count) },
      ]}
    />
  );
}
