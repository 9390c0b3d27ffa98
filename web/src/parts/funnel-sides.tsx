// The other sides of a funnel's answer: conversion over time, how long it took, what goes with it.

import { useComputedColorScheme } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import type { Every, FunnelAnswer, FunnelCell, FunnelDefinition } from "../api/shapes";
import { tokens } from "../theme/tokens";
import { stepName, type Asking } from "../words/funnel";
import { count, people, percent } from "../words/number";
import { interval } from "../words/time";
import { Correlations } from "./correlations";
import { EVERY_CHOICES } from "./every-word";
import { Histogram } from "./histogram";
import { LineChart } from "./line-chart";
import { Pick } from "./pick";
import { PropertiesPick } from "./properties-pick";
import { Sheet } from "./sheet";
import { Opens, Table } from "./table";
import form from "./condition-form.module.css";
import styles from "./correlations.module.css";

interface SideProps {
  answer: FunnelAnswer;
  question: Asking;
  change: (question: Asking) => void;
  mark: ReactNode;
}

export function FunnelOverTime({
  answer,
  question,
  change,
  mark,
  onOpen,
}: SideProps & { onOpen: (cell: FunnelCell) => void }) {
  const scheme = useComputedColorScheme("light");
  const every = question.every ?? "week";
  const last = answer.steps.length;
  const points = useMemo(() => answer.over_time ?? [], [answer]);
  const open = (at: number) =>
    onOpen({ step: last, reached: true, interval: points[at]?.interval ?? null });
  const lines = useMemo(() => {
    const openFrom = points.findIndex((point) => !point.finished);
    return [
      {
        name: "Converted",
        colour: tokens[scheme].accent,
        values: points.map((point) =>
          (point.steps[0]?.count ?? 0) > 0 ? (point.steps.at(-1)?.conversion ?? null) : null,
        ),
        ...(openFrom < 0 ? {} : { openFrom }),
      },
    ];
  }, [points, scheme]);
  return (
    <>
      <Sheet
        title="Converted, by when they did the first step"
        note="dashed while the window of some is still open"
        aside={mark}
      >
        <div className={form.inline}>
          <Pick
            label="Each"
            value={every}
            options={EVERY_CHOICES.map(({ value }) => [value, value])}
            onPick={(picked) => change({ ...question, every: picked as Every })}
          />
        </div>
        <LineChart
          starts={points.map((point) => point.interval)}
          every={every}
          lines={lines}
          unit="share"
          says={`The share converted by ${every}, ${points.length} values, in the table below.`}
          height={300}
          onOpen={open}
        />
      </Sheet>
      <Sheet title="The same in figures">
        <Table
          caption="Conversion over time, the newest first"
          rows={points.map((point, at) => ({ ...point, at })).reverse()}
          rowsShown={14}
          columns={[
            { title: "Began in", cell: (point) => interval(point.interval, every) },
            {
              title: "Entered",
              figure: true,
              cell: (point) => count(point.steps[0]?.count ?? 0),
            },
            {
              title: "Converted",
              figure: true,
              cell: (point) => (
                <Opens
                  label={`Show the ${people(point.steps.at(-1)?.people ?? 0)} who converted`}
                  onOpen={() => open(point.at)}
                >
                  {count(point.steps.at(-1)?.count ?? 0)}
                </Opens>
              ),
            },
            {
              title: "Share",
              figure: true,
              cell: (point) => percent(point.steps.at(-1)?.conversion ?? 0),
            },
            {
              title: "Finished",
              figure: true,
              wide: true,
              cell: (point) => (point.finished ? "yes" : "not yet"),
            },
          ]}
        />
      </Sheet>
    </>
  );
}

interface DurationProps {
  answer: FunnelAnswer;
  definition: FunnelDefinition;
  mark: ReactNode;
}

export function FunnelDuration({ answer, definition, mark }: DurationProps) {
  const [of, setOf] = useState("whole");
  const times = answer.times;
  const durations = of === "whole" ? times?.whole : times?.steps[Number(of)];
  const options = definition.steps.map((step, at): [string, string] => [
    String(at),
    `to step ${at + 1}, ${stepName(step)}`,
  ]);
  return (
    <Sheet title="How long it took those who converted" aside={mark}>
      <div className={form.inline}>
        <Pick
          label="From"
          value={of}
          options={[["whole", "the first step to the last"], ...options.slice(1)]}
          onPick={setOf}
        />
      </div>
      {durations ? (
        <Histogram durations={durations} />
      ) : (
        <p className={styles.none}>Nobody converted, so there is nothing to measure.</p>
      )}
    </Sheet>
  );
}

export function FunnelWhy({
  answer,
  question,
  change,
  mark,
  onOpen,
}: SideProps & { onOpen: (cell: FunnelCell) => void }) {
  return (
    <Sheet title="What goes with converting" aside={mark}>
      <PropertiesPick
        chosen={question.property ?? []}
        onChange={(property) => change({ ...question, property })}
      />
      {answer.correlations && (
        <Correlations correlations={answer.correlations} onOpen={onOpen} />
      )}
    </Sheet>
  );
}
