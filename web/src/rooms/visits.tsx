// Visits: how many, how long, how many of one event alone; where they begin and end, and where they
// came from. Every number opens its people.

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { useReport } from "../api/questions";
import type {
  Breakdown,
  Cell,
  EventChoice,
  Every,
  VisitsAnswer,
  VisitsCell,
  VisitsDefinition,
} from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { AddBreakdown, BreakdownWords } from "../parts/breakdown-word";
import { ChoiceWords } from "../parts/choice-words";
import { EventName } from "../parts/event-name";
import { EveryWord } from "../parts/every-word";
import { LineChart } from "../parts/line-chart";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { PropertyWord } from "../parts/property-word";
import { SegmentWord } from "../parts/segment-word";
import { Sentence } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Opens, Table } from "../parts/table";
import figures from "../parts/headline.module.css";
import { tokens } from "../theme/tokens";
import { choice, json, text, word, type Fields } from "../words/address";
import { pooledNote, sayBreakdown, sayValue } from "../words/breakdown";
import { count, figure, percent, share } from "../words/number";
import { everyOf } from "../words/period";
import { interval, lasting } from "../words/time";
import styles from "./room.module.css";

interface VisitsQuestion {
  having: EventChoice;
  every: Every;
  named: string;
  by: Breakdown;
}

const VISITS: Fields<VisitsQuestion> = {
  having: choice,
  every: word("hour", "day", "week", "month", "quarter", "year"),
  named: text,
  by: json<Breakdown>(),
};

const ROWS_SHOWN = 10;

export default function Visits() {
  const { project, schema } = useProject();
  const { choice: period } = usePeriod();
  const { question, change, cell, open } = useQuestion(VISITS);
  const every = question.every ?? everyOf(period, schema, project.timezone);
  const definition: VisitsDefinition = {
    kind: "visits",
    every,
    ...(question.having ? { having: question.having } : {}),
    ...(question.named ? { named_by: question.named } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...useAsked(),
  };
  const asked = useReport(project.name, "visits", definition);
  const by = (chosen: Breakdown | undefined) => change({ ...question, by: chosen });
  return (
    <div className={styles.room}>
      <Sentence>
        What are the visits of <SegmentWord /> with{" "}
        <ChoiceWords
          choice={question.having ?? { event: null }}
          label="With"
          any="anything"
          onChange={(having) => change({ ...question, having })}
        />{" "}
        in them like, each{" "}
        <EveryWord every={every} onChoose={(chosen) => change({ ...question, every: chosen })} />{" "}
        <PeriodWord />, their first and last events called by{" "}
        <PropertyWord
          property={question.named}
          label="Called by"
          instead="their name"
          none="Their name"
          onChoose={(named) => change({ ...question, named })}
        />
        <BreakdownWords breakdown={question.by} onChange={by} />?{" "}
        <AddBreakdown breakdown={question.by} onChange={by} />
      </Sentence>
      <Asked asked={asked}>
        {(told) => <Told answer={told} definition={definition} onOpen={open} />}
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayCell(opened, every)}
        onClose={() => open(null)}
      />
    </div>
  );
}

function sayCell(cell: Cell, every: Every): string {
  const value = cell["value"] as string[] | undefined;
  const said = [
    cell["bounced"] ? "Visits of one event" : "Visits",
    cell["landing"] && `beginning with ${String(cell["landing"])}`,
    cell["exit"] && `ending with ${String(cell["exit"])}`,
    value && sayValue(value),
    cell["interval"] && interval(String(cell["interval"]), every),
  ];
  return said.filter(Boolean).join(", ");
}

interface ToldProps {
  answer: VisitsAnswer;
  definition: VisitsDefinition;
  onOpen: (cell: VisitsCell) => void;
}

function Told({ answer, definition, onOpen }: ToldProps) {
  const byName = !definition.named_by;
  return (
    <>
      <Totals answer={answer} onOpen={onOpen} />
      <Sheet title={`Visits each ${definition.every}`} aside={<AnswerMark about={answer.about} />}>
        <Curve answer={answer} every={definition.every ?? "day"} onOpen={onOpen} />
      </Sheet>
      <div className={styles.halves}>
        <Ends
          title="They begin with"
          ends={answer.landing}
          of={answer.total.visits}
          byName={byName}
          onOpen={(landing) => onOpen({ landing })}
        />
        <Ends
          title="They end with"
          ends={answer.exit}
          of={answer.total.visits}
          byName={byName}
          onOpen={(exit) => onOpen({ exit })}
        />
      </div>
      {definition.breakdown && (
        <Groups answer={answer} by={sayBreakdown(definition.breakdown)} onOpen={onOpen} />
      )}
    </>
  );
}

function Totals({ answer, onOpen }: Pick<ToldProps, "answer" | "onOpen">) {
  const { total } = answer;
  const shown: { name: string; value: string; note?: string; cell?: VisitsCell }[] = [
    { name: "Visits", value: count(total.visits), note: `${count(total.people)} people`, cell: {} },
    {
      name: "Of one event",
      value: total.bounce_rate === null ? "–" : percent(total.bounce_rate),
      note: `${count(total.bounced)} visits`,
      cell: { bounced: true },
    },
    {
      name: "Median length",
      value: total.median_seconds === null ? "–" : lasting(total.median_seconds),
      note: total.mean_seconds === null ? "" : `${lasting(total.mean_seconds)} on average`,
    },
    {
      name: "Events a visit",
      value: total.events_per_visit === null ? "–" : figure(total.events_per_visit),
      note: `${total.visits_per_person === null ? "–" : figure(total.visits_per_person)} visits a person`,
    },
  ];
  return (
    <dl className={figures.numbers}>
      {shown.map(({ name, value, note, cell }) => (
        <div key={name} className={figures.figure}>
          <dt>{name}</dt>
          <dd className={figures.value}>
            {cell ? (
              <Opens label={`${name}: ${value}. Show the people.`} onOpen={() => onOpen(cell)}>
                {value}
              </Opens>
            ) : (
              value
            )}
          </dd>
          <dd className={figures.note}>{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function Curve({ answer, every, onOpen }: Pick<ToldProps, "answer" | "onOpen"> & { every: Every }) {
  const scheme = useComputedColorScheme("light");
  const lines = useMemo(
    () => [
      {
        name: "Visits",
        colour: tokens[scheme].accent,
        values: answer.points.map((point) => point.visits),
      },
    ],
    [answer, scheme],
  );
  return (
    <LineChart
      starts={answer.points.map((point) => point.interval)}
      every={every}
      lines={lines}
      says={`Visits by ${every}, ${answer.points.length} values.`}
      onOpen={(at) => onOpen({ interval: answer.points[at]?.interval ?? null })}
    />
  );
}

interface EndsProps {
  title: string;
  ends: VisitsAnswer["landing"];
  of: number;
  byName: boolean;
  onOpen: (value: string) => void;
}

function Ends({ title, ends, of, byName, onOpen }: EndsProps) {
  return (
    <Sheet title={title} note={pooledNote(ends.pooled)}>
      <Table
        caption={title}
        rows={ends.values}
        rowsShown={ROWS_SHOWN}
        columns={[
          {
            title: byName ? "Event" : "Value",
            cell: (one) => (byName ? <EventName event={one.value} /> : one.value),
          },
          {
            title: "Visits",
            figure: true,
            cell: (one) => (
              <Opens
                label={`Show who ${title.toLowerCase().replace("they ", "")} ${one.value}`}
                onOpen={() => onOpen(one.value)}
              >
                {count(one.visits)}
              </Opens>
            ),
          },
          { title: "Share", figure: true, cell: (one) => share(one.visits, of) },
        ]}
      />
    </Sheet>
  );
}

function Groups({ answer, by, onOpen }: Pick<ToldProps, "answer" | "onOpen"> & { by: string }) {
  return (
    <Sheet title={`By ${by}`} note={pooledNote(answer.pooled)}>
      <Table
        caption={`Visits by ${by}`}
        rows={answer.groups}
        rowsShown={ROWS_SHOWN}
        columns={[
          { title: by, cell: (group) => sayValue(group.value) },
          {
            title: "Visits",
            figure: true,
            cell: (group) => (
              <Opens
                label={`Show the people of ${sayValue(group.value)}`}
                onOpen={() => onOpen({ value: group.value })}
              >
                {count(group.visits)}
              </Opens>
            ),
          },
          { title: "People", figure: true, cell: (group) => count(group.people) },
          {
            title: "Of one event",
            figure: true,
            wide: true,
            cell: (group) => (group.bounce_rate === null ? "–" : percent(group.bounce_rate)),
          },
          {
            title: "Median length",
            figure: true,
            wide: true,
            cell: (group) => (group.median_seconds === null ? "–" : lasting(group.median_seconds)),
          },
        ]}
      />
    </Sheet>
  );
}
