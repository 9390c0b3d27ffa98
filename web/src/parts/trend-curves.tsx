// The lines of a trend; the period before beside them, pale.

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { TrendAnswer, TrendCell, TrendDefinition } from "../api/shapes";
import { useProject } from "../frame/project";
import { HUES, hueValue } from "../theme/event-colour";
import { list } from "../words/number";
import { lineName, type Line as TrendLine } from "../words/trend";
import { LineChart, type Line } from "./line-chart";

// More lines than hues would look alike; the table has them all.
const LINES_MAX = HUES;

interface TrendCurvesProps {
  answer: TrendAnswer;
  definition: TrendDefinition;
  onOpen: (cell: TrendCell) => void;
}

export function TrendCurves({ answer, definition, onOpen }: TrendCurvesProps) {
  const lines = useLines(answer, definition);
  const starts = useMemo(() => answer.series[0]?.points.map(([start]) => start) ?? [], [answer]);
  const every = definition.every ?? "day";
  const shown = lines.filter((line) => !line.pale);
  const open = (at: number, place: number) => {
    const line = lines[place];
    if (!line || line.told.series === null || line.told.series === undefined) return;
    onOpen(cellOf(line.told, line.pale ? line.told.before?.[at]?.[0] : starts[at], line.pale));
  };
  return (
    <LineChart
      starts={starts}
      every={every}
      lines={lines}
      says={
        `By ${every}, ${list(shown.map((line) => line.name))}: ` +
        `${starts.length} values each, in the table below.`
      }
      height={340}
      named={lines.length > 1}
      onOpen={open}
    />
  );
}

export function cellOf(line: TrendLine, start: string | undefined, before = false): TrendCell {
  return {
    series: line.series ?? 0,
    interval: start ?? null,
    value: line.value && line.value.length > 0 ? line.value : null,
    before,
  };
}

// Events that each have a colour of their own keep it; other lines go by their place.
function useLines(answer: TrendAnswer, definition: TrendDefinition) {
  const { hueOf } = useProject();
  const scheme = useComputedColorScheme("light");
  return useMemo(() => {
    const shown = answer.series.slice(0, LINES_MAX);
    const hues = shown.map((line) => (line.event ? hueOf(line.event) : undefined));
    const apart =
      !definition.breakdown && !hues.includes(undefined) && new Set(hues).size === shown.length;
    return shown.flatMap((told, at): (Line & { told: TrendLine })[] => {
      const line = {
        told,
        name: lineName(told, definition),
        colour: hueValue(apart || shown.length === 1 ? hues[at] : at, scheme),
        values: told.points.map(([, value]) => value),
      };
      if (!told.before) return [line];
      const before = told.before.map(([, value]) => value);
      return [line, { ...line, name: `${line.name}, before`, values: before, pale: true }];
    });
  }, [answer, definition, hueOf, scheme]);
}
