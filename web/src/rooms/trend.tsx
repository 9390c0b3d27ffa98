// The trend: how often events happen over time, one line each with its name beside it, then the
// table.

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { useSearchParams } from "wouter";
import { useReport } from "../api/questions";
import type { Every, Measure, TrendAnswer } from "../api/shapes";
import { usePeriod, useProject } from "../frame/project";
import { EventName } from "../parts/event-name";
import { LineChart } from "../parts/line-chart";
import { Answering, FirstLoad } from "../parts/loading";
import { ProblemNote } from "../parts/problem-note";
import { PurposeMark } from "../parts/purpose-mark";
import { Sheet } from "../parts/sheet";
import { Table, type Column } from "../parts/table";
import { TrendSentence, type TrendQuestion } from "../parts/trend-sentence";
import { hueValue } from "../theme/event-colour";
import { count, list } from "../words/number";
import { everyOf } from "../words/period";
import { interval } from "../words/time";
import styles from "./room.module.css";

const EVERY: Every[] = ["hour", "day", "week", "month"];

export default function Trend() {
  const { project, schema } = useProject();
  const { choice, period } = usePeriod();
  const [search, setSearch] = useSearchParams();
  const usual = everyOf(choice, schema, project.timezone);
  const question = readTrend(search, schema.events[0]?.name ?? "", usual);
  const change = (changed: TrendQuestion) => setSearch((now) => writeTrend(now, changed, usual));
  const asked = useReport(project.name, "trend", {
    kind: "trend",
    every: question.every,
    ...(period ? { period } : {}),
    series: question.events.map((event) => ({ event, measure: question.measure })),
  });
  return (
    <div className={styles.room}>
      <TrendSentence question={question} onChange={change} />
      {asked.error && <ProblemNote failure={asked.error} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <FirstLoad inside />}
      {asked.data && !asked.error && (
        <Answering waiting={asked.isPlaceholderData}>
          <Sheet
            title={`${question.measure === "people" ? "People" : "Events"} each ${question.every}`}
            note={project.timezone}
            aside={<PurposeMark />}
          >
            <Curves answer={asked.data} question={question} />
          </Sheet>
          <Sheet title="The same in figures">
            <Figures answer={asked.data} every={question.every} />
          </Sheet>
        </Answering>
      )}
    </div>
  );
}

function readTrend(search: URLSearchParams, first: string, usual: Every): TrendQuestion {
  const events = search.getAll("event");
  const every = search.get("every") as Every;
  return {
    events: events.length > 0 ? events : [first],
    measure: (search.get("measure") as Measure) === "events" ? "events" : "people",
    every: EVERY.includes(every) ? every : usual,
  };
}

function writeTrend(now: URLSearchParams, question: TrendQuestion, usual: Every): URLSearchParams {
  const next = new URLSearchParams(now);
  for (const name of ["event", "measure", "every"]) next.delete(name);
  for (const event of question.events) next.append("event", event);
  if (question.measure !== "people") next.set("measure", question.measure);
  if (question.every !== usual) next.set("every", question.every);
  return next;
}

type Point = [string, number];
const pointsOf = (answer: TrendAnswer, at: number): Point[] =>
  (answer.series[at]?.points ?? []) as Point[];

function Curves({ answer, question }: { answer: TrendAnswer; question: TrendQuestion }) {
  const { hueOf } = useProject();
  const scheme = useComputedColorScheme("light");
  const lines = useMemo(
    () =>
      answer.series.map((series, at) => ({
        name: series.event ?? "Any event",
        colour: hueValue(hueOf(series.event ?? ""), scheme),
        values: pointsOf(answer, at).map(([, value]) => value),
      })),
    [answer, hueOf, scheme],
  );
  const starts = useMemo(() => pointsOf(answer, 0).map(([start]) => start), [answer]);
  const says =
    `${question.measure} by ${question.every} for ${list(lines.map((line) => line.name))}: ` +
    `${starts.length} values each, in the table below.`;
  return (
    <LineChart
      starts={starts}
      every={question.every}
      lines={lines}
      says={says}
      height={340}
      named={lines.length > 1}
    />
  );
}

function Figures({ answer, every }: { answer: TrendAnswer; every: Every }) {
  const rows = pointsOf(answer, 0)
    .map(([start], at) => ({
      start,
      values: answer.series.map((_, place) => pointsOf(answer, place)[at]?.[1] ?? 0),
    }))
    .reverse();
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    {
      title:
        every === "hour" ? "Hour" : every === "day" ? "Day" : every === "week" ? "Week" : "Month",
      cell: (row) => interval(row.start, every),
    },
    ...answer.series.map((series, place): Column<Row> => ({
      title: series.event ?? "Any event",
      head: <EventName event={series.event ?? "Any event"} />,
      figure: true,
      cell: (row) => count(row.values[place] ?? 0),
    })),
  ];
  return (
    <Table
      caption="The trend in figures, the newest first"
      columns={columns}
      rows={rows}
      rowsShown={14}
    />
  );
}
