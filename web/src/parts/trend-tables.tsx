// A trend in figures: each line over the whole period, and every interval.

import type { TrendAnswer, TrendCell, TrendDefinition } from "../api/shapes";
import { percent } from "../words/number";
import { interval } from "../words/time";
import { lineName, sayFigure, type Line } from "../words/trend";
import { EventName } from "./event-name";
import { Opens, Table, type Column } from "./table";
import { cellOf } from "./trend-curves";

const COLUMNS_MAX = 8;
const ROWS_SHOWN = 14;

interface TrendTableProps {
  answer: TrendAnswer;
  definition: TrendDefinition;
  onOpen: (cell: TrendCell) => void;
}

export function TrendTotals({ answer, definition, onOpen }: TrendTableProps) {
  const columns: Column<Line>[] = [
    { title: "Line", cell: (line) => lineName(line, definition) },
    {
      title: "Whole period",
      figure: true,
      cell: (line) => <Figure line={line} value={line.total} {...{ definition, onOpen }} />,
    },
  ];
  if (definition.compare)
    columns.push(
      { title: "Before", figure: true, wide: true, cell: (line) => sayFigure(line.total_before) },
      {
        title: "Change",
        figure: true,
        cell: (line) =>
          typeof line.change === "number"
            ? `${line.change > 0 ? "+" : line.change < 0 ? "−" : ""}${percent(Math.abs(line.change))}`
            : "–",
      },
    );
  return (
    <Table
      caption="Each line over the whole period"
      columns={columns}
      rows={answer.series}
      rowsShown={ROWS_SHOWN}
    />
  );
}

export function TrendFigures({ answer, definition, onOpen }: TrendTableProps) {
  const every = definition.every ?? "day";
  const shown = answer.series.slice(0, COLUMNS_MAX);
  const rows = (answer.series[0]?.points ?? []).map(([start], at) => ({ start, at })).reverse();
  const columns: Column<(typeof rows)[number]>[] = [
    {
      title: every.charAt(0).toUpperCase() + every.slice(1),
      cell: (row) => interval(row.start, every),
    },
    ...shown.map((line): Column<(typeof rows)[number]> => ({
      title: lineName(line, definition),
      head: line.event ? (
        <EventName event={line.event} says={lineName(line, definition)} />
      ) : (
        lineName(line, definition)
      ),
      figure: true,
      cell: (row) => (
        <Figure
          line={line}
          value={line.points[row.at]?.[1]}
          start={row.start}
          {...{ definition, onOpen }}
        />
      ),
    })),
  ];
  return (
    <Table
      caption="The trend in figures, the newest first"
      columns={columns}
      rows={rows}
      rowsShown={ROWS_SHOWN}
    />
  );
}

interface FigureProps {
  line: Line;
  value: number | null | undefined;
  start?: string;
  definition: TrendDefinition;
  onOpen: (cell: TrendCell) => void;
}

// A formula stands behind no event, so it opens nobody.
function Figure({ line, value, start, definition, onOpen }: FigureProps) {
  const nobody = line.series === null || line.series === undefined || !value;
  if (nobody) return sayFigure(value);
  const when = start ? `, ${interval(start, definition.every ?? "day")}` : "";
  return (
    <Opens
      label={`${lineName(line, definition)}${when}: ${sayFigure(value)}. Show the people.`}
      onOpen={() => onOpen(cellOf(line, start))}
    >
      {sayFigure(value)}
    </Opens>
  );
}
