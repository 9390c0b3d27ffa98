// Lines over time, each with its name at its end. The picture tells its content in words, and a
// table holds the figures.

import { useComputedColorScheme } from "@mantine/core";
import { LineChart as Lines } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type ECharts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef, useState } from "react";
import { LineNames, placeNames } from "./line-names";
import { tokens, type Scheme } from "../theme/tokens";
import { compact, figure, percent } from "../words/number";
import { interval, shortInterval } from "../words/time";
import styles from "./line-chart.module.css";

use([Lines, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

// The room for names beside the lines, and the width below which they stand in a row under the
// picture instead.
const NAME_PX = 150;
const NAMES_BESIDE_FROM_PX = 560;

export interface Line {
  name: string;
  colour: string;
  // null where there is no value: the line has a gap.
  values: (number | null)[];
  // The period before, or another line to compare with: pale, and without an area.
  pale?: boolean;
  // From which value on the line is not finished yet: it goes on in dashes.
  openFrom?: number;
}

export type Unit = "count" | "share";

interface LineChartProps {
  starts: string[];
  every: string;
  lines: Line[];
  says: string;
  height?: number;
  // Says each line's name beside its end.
  named?: boolean;
  unit?: Unit;
  // How a start is written; as the interval that begins then, unless told.
  write?: (start: string) => string;
  // A point opens its people; the table holds the same for the keyboard.
  onOpen?: (at: number, line: number) => void;
}

export function LineChart({
  starts,
  every,
  lines,
  says,
  height = 260,
  named = false,
  unit = "count",
  write,
  onOpen,
}: LineChartProps) {
  const scheme = useComputedColorScheme("light");
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const [tops, setTops] = useState<number[]>([]);
  const beside = named && width >= NAMES_BESIDE_FROM_PX;
  const writes = useRef(write);
  writes.current = write;
  const option = useMemo(
    () => optionOf(starts, every, lines, scheme, beside, unit, writes.current),
    [starts, every, lines, scheme, beside, unit],
  );
  const shown = useRef(lines);
  shown.current = lines;
  const opens = useRef(onOpen);
  opens.current = onOpen;
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current, null, { renderer: "svg" });
    chart.current = drawn;
    const watch = new ResizeObserver(([seen]) => {
      drawn.resize();
      setWidth(seen?.contentRect.width ?? 0);
    });
    watch.observe(box.current);
    drawn.getZr().on("click", ({ offsetX, offsetY }) => {
      const at = pointAt(drawn, shown.current, offsetX, offsetY);
      if (at) opens.current?.(at.point, at.line);
    });
    return () => {
      watch.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const drawn = chart.current;
    if (!drawn) return;
    drawn.setOption(option, { notMerge: true });
    setTops(
      placeNames(
        lines.map((line) => drawn.convertToPixel({ yAxisIndex: 0 }, lastOf(line))),
        height,
      ),
    );
  }, [option, lines, height]);
  return (
    <figure className={styles.figure}>
      <div
        ref={box}
        className={onOpen ? styles.opens : undefined}
        style={{ height }}
        role="img"
        aria-label={says}
      />
      {named && <LineNames lines={lines} tops={beside ? tops : null} width={NAME_PX} />}
    </figure>
  );
}

const lastOf = (line: Line): number => line.values.findLast((value) => value !== null) ?? 0;

// The point nearest to where one clicked: its interval, and of the lines the nearest there.
function pointAt(drawn: ECharts, lines: Line[], x: number, y: number) {
  if (!drawn.containPixel("grid", [x, y])) return null;
  const [point = 0] = drawn.convertFromPixel({ gridIndex: 0 }, [x, y]);
  const heights = lines.map((line) => {
    const value = line.values[point];
    if (value === null || value === undefined) return Infinity;
    return Math.abs(drawn.convertToPixel({ yAxisIndex: 0 }, value) - y);
  });
  const nearest = Math.min(...heights);
  return Number.isFinite(nearest) ? { point, line: heights.indexOf(nearest) } : null;
}

function optionOf(
  starts: string[],
  every: string,
  lines: Line[],
  scheme: Scheme,
  beside: boolean,
  unit: Unit,
  writeStart?: (start: string) => string,
): EChartsCoreOption {
  const write = unit === "share" ? percent : compact;
  const colours = tokens[scheme];
  const text = { color: colours.faint, fontSize: 12, fontFamily: "inherit" };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: {
      left: 4,
      right: beside ? NAME_PX + 8 : 18,
      top: 12,
      bottom: 8,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: {
      type: "category",
      data: starts,
      boundaryGap: false,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: {
        ...text,
        hideOverlap: true,
        margin: 10,
        lineHeight: 16,
        formatter: (start: string) => writeStart?.(start) ?? shortInterval(start, every),
      },
    },
    yAxis: {
      type: "value",
      // Lines may go below nothing (a difference), but never hide where nothing is.
      min: ({ min }: { min: number }) => Math.min(0, min),
      ...(unit === "count" ? {} : { max: ({ max }: { max: number }) => (max > 0.7 ? 1 : null) }),
      splitNumber: unit === "share" ? 5 : 4,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: { ...text, formatter: write },
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colours.paper,
      borderColor: colours.line,
      padding: [8, 12],
      textStyle: { color: colours.ink, fontSize: 13 },
      axisPointer: { lineStyle: { color: colours.faint } },
      formatter: (points: unknown) =>
        tip(
          points as Point[],
          writeStart ?? ((start) => interval(start, every)),
          unit,
          colours.soft,
        ),
    },
    series: lines.flatMap((line, place) => seriesOf(line, lines.length === 1, place)),
  };
}

interface Point {
  axisValue: string;
  seriesName: string;
  value: number | null | undefined;
  color: string;
}

// A line, and its unfinished end as a second one that begins where the first leaves off.
function seriesOf(line: Line, alone: boolean, place: number): object[] {
  const open = line.openFrom ?? line.values.length;
  const whole = open >= line.values.length;
  const finished = whole ? line.values : line.values.map((value, at) => (at < open ? value : null));
  const solid = stroke(line, finished, place);
  const area = { color: line.colour, opacity: 0.1 };
  const drawn = [alone ? { ...solid, areaStyle: area } : solid];
  if (whole) return drawn;
  const rest = line.values.map((value, at) => (at >= open - 1 ? value : null));
  const dashed = stroke(line, rest, place);
  return [...drawn, { ...dashed, lineStyle: { ...dashed.lineStyle, type: "dashed" } }];
}

function stroke(line: Line, values: (number | null)[], place: number) {
  const single = values.filter((value) => value !== null).length === 1;
  return {
    type: "line",
    name: line.name,
    data: values,
    z: line.pale ? 1 : 3 + place,
    showSymbol: single,
    symbol: "circle",
    symbolSize: single ? 7 : 5,
    itemStyle: { color: line.colour },
    lineStyle: { width: line.pale ? 1.5 : 2, opacity: line.pale ? 0.45 : 1 },
    emphasis: { disabled: true },
  };
}

// The chart takes its tooltip as text of a page, so what comes from events is escaped here. The two
// halves of an unfinished line are one.
function tip(points: Point[], say: (start: string) => string, unit: Unit, soft: string): string {
  const [first] = points;
  if (!first) return "";
  const told = points.filter(
    (point, at) =>
      typeof point.value === "number" &&
      points.findIndex(
        (one) => one.seriesName === point.seriesName && typeof one.value === "number",
      ) === at,
  );
  const rows = told.map(
    (point) =>
      `<tr><td style="color:${point.color}">■</td><td>${escape(point.seriesName)}</td>` +
      `<td style="text-align:right;padding-left:16px"><b>` +
      `${unit === "share" ? percent(point.value ?? 0) : figure(point.value ?? 0)}</b></td></tr>`,
  );
  const when = escape(say(first.axisValue));
  return `<div style="color:${soft}">${when}</div><table>${rows.join("")}</table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
