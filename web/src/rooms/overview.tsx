// The overview: one page tells the period. A sentence, four numbers, people over time, top events,
// what arrived.

import { useMemo, useState } from "react";
import { useComputedColorScheme } from "@mantine/core";
import { useReport } from "../api/questions";
import type { TrendAnswer } from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
import { Arrivals } from "../parts/arrivals";
import { Headline } from "../parts/headline";
import { LineChart } from "../parts/line-chart";
import { Answering, FirstLoad } from "../parts/loading";
import { ProblemNote } from "../parts/problem-note";
import { Segmented } from "../parts/segmented";
import { Sheet } from "../parts/sheet";
import { TopEvents } from "../parts/top-events";
import { tokens } from "../theme/tokens";
import { count } from "../words/number";
import { everyOf, sayDays } from "../words/period";
import { interval } from "../words/time";
import styles from "./room.module.css";

export default function Overview() {
  return (
    <div className={styles.room}>
      <Headline />
      <OverTime />
      <div className={styles.columns}>
        <TopEvents />
        <Arrivals />
      </div>
    </div>
  );
}

type Measure = "people" | "events";

const MEASURES: { value: Measure; says: string }[] = [
  { value: "people", says: "People" },
  { value: "events", says: "Events" },
];

function OverTime() {
  const { project, schema } = useProject();
  const { choice } = usePeriod();
  const [measure, setMeasure] = useState<Measure>("people");
  const every = everyOf(choice, schema, project.timezone);
  const asked = useReport(project.name, "trend", {
    kind: "trend",
    series: [{ measure: "people" }, { measure: "events" }],
    every,
    ...useAsked(),
  });
  if (asked.error) return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <FirstLoad inside />;
  return (
    <Answering waiting={asked.isPlaceholderData}>
      <Sheet
        title={`${measure === "people" ? "People" : "Events"} each ${every}`}
        note={`${sayDays(choice, schema, project.timezone)}, ${project.timezone}`}
        aside={
          <Segmented label="Measure" value={measure} choices={MEASURES} onChoose={setMeasure} />
        }
      >
        <Curve answer={asked.data} measure={measure} every={every} />
      </Sheet>
    </Answering>
  );
}

function Curve({
  answer,
  measure,
  every,
}: {
  answer: TrendAnswer;
  measure: Measure;
  every: string;
}) {
  const scheme = useComputedColorScheme("light");
  const { starts, lines, says } = useMemo(() => {
    const points = (answer.series.find((one) => one.measure === measure)?.points ?? []) as [
      string,
      number,
    ][];
    const most = points.reduce<[string, number]>(
      (top, one) => (one[1] > top[1] ? one : top),
      points[0] ?? ["", 0],
    );
    return {
      starts: points.map(([start]) => start),
      lines: [
        {
          name: measure === "people" ? "People" : "Events",
          colour: tokens[scheme].accent,
          values: points.map(([, value]) => value),
        },
      ],
      says:
        `${measure} by ${every}, ${points.length} values, ` +
        `the most ${count(most[1])} on ${most[0] && interval(most[0], every)}.`,
    };
  }, [answer, measure, every, scheme]);
  return <LineChart starts={starts} every={every} lines={lines} says={says} height={250} />;
}
