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
import { compact, count } from "../words/number";
import { interval, shortDay } from "../words/time";
import styles from "./line-chart.module.css";

use([Lines, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

// The room for names beside the lines, and the width below which they stand in a row under the
// picture instead.
const NAME_PX = 150;
const NAMES_BESIDE_FROM_PX = 560;

export interface Line {
  name: string;
  colour: string;
  values: number[];
  // The period before, or another line to compare with: pale, and without an area.
  pale?: boolean;
}

interface LineChartProps {
  starts: string[];
  every: string;
  lines: Line[];
  says: string;
  height?: number;
  // Says each line's name beside its end.
  named?: boolean;
}

export function LineChart({
  starts,
  every,
  lines,
  says,
  height = 260,
  named = false,
}: LineChartProps) {
  const scheme = useComputedColorScheme("light");
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const [tops, setTops] = useState<number[]>([]);
  const beside = named && width >= NAMES_BESIDE_FROM_PX;
  const option = useMemo(
    () => optionOf(starts, every, lines, scheme, beside),
    [starts, every, lines, scheme, beside],
  );
  useEffect(() => {
    if (!box.current) return undefined;
    const drawn = init(box.current, null, { renderer: "svg" });
    chart.current = drawn;
    const watch = new ResizeObserver(([seen]) => {
      drawn.resize();
      setWidth(seen?.contentRect.width ?? 0);
    });
    watch.observe(box.current);
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
        lines.map((line) => drawn.convertToPixel({ yAxisIndex: 0 }, line.values.at(-1) ?? 0)),
        height,
      ),
    );
  }, [option, lines, height]);
  return (
    <figure className={styles.figure}>
      <div ref={box} style={{ height }} role="img" aria-label={says} />
      {named && <LineNames lines={lines} tops={beside ? tops : null} width={NAME_PX} />}
    </figure>
  );
}

function optionOf(
  starts: string[],
  every: string,
  lines: Line[],
  scheme: Scheme,
  beside: boolean,
): EChartsCoreOption {
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
        formatter: (start: string) =>
          every === "hour"
            ? start.slice(11, 16)
            : every === "month"
              ? interval(start, every)
              : shortDay(start),
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: { ...text, formatter: compact },
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colours.paper,
      borderColor: colours.line,
      padding: [8, 12],
      textStyle: { color: colours.ink, fontSize: 13 },
      axisPointer: { lineStyle: { color: colours.faint } },
      formatter: (points: unknown) => tip(points as Point[], every, colours.soft),
    },
    series: lines.map((line, place) => seriesOf(line, lines.length === 1, place)),
  };
}

interface Point {
  axisValue: string;
  seriesName: string;
  value: number;
  color: string;
}

function seriesOf(line: Line, alone: boolean, place: number): object {
  const single = line.values.length === 1;
  return {
    type: "line",
    name: line.name,
    data: line.values,
    z: line.pale ? 1 : 3 + place,
    showSymbol: single,
    symbol: "circle",
    symbolSize: single ? 7 : 5,
    itemStyle: { color: line.colour },
    lineStyle: { width: line.pale ? 1.5 : 2, opacity: line.pale ? 0.45 : 1 },
    areaStyle: alone ? { color: line.colour, opacity: 0.1 } : undefined,
    emphasis: { disabled: true },
  };
}

// The chart takes its tooltip as text of a page, so what comes from events is escaped here.
function tip(points: Point[], every: string, soft: string): string {
  const [first] = points;
  if (!first) return "";
  const rows = points.map(
    (point) =>
      `<tr><td style="color:${point.color}">■</td><td>${escape(point.seriesName)}</td>` +
      `<td style="text-align:right;padding-left:16px"><b>${count(point.value)}</b></td></tr>`,
  );
  const when = escape(interval(first.axisValue, every));
  return `<div style="color:${soft}">${when}</div><table>${rows.join("")}</table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
