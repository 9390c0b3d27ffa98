// A trend's question as the address bar keeps it, and what its lines are called.

import type {
  Breakdown,
  Cell,
  Every,
  TrendAnswer,
  TrendDefinition,
  TrendFormula,
  TrendSeries,
} from "../api/shapes";
import { flag, json, list, named, whole, word, type Fields } from "./address";
import { sayValue } from "./breakdown";
import { figure } from "./number";
import { interval } from "./time";

export type Measure = NonNullable<TrendSeries["measure"]>;
export type Line = TrendAnswer["series"][number];

export interface TrendQuestion {
  event: TrendSeries[];
  formula: TrendFormula[];
  every: Every;
  by: Breakdown;
  compare: boolean;
  cumulative: boolean;
  rolling: number;
}

// More lines no picture shows, and each has a letter in formulas.
export const SERIES_MAX = 8;
export const ROLLING_MAX = 366;

export const TREND: Fields<TrendQuestion> = {
  event: list(named<TrendSeries>(), SERIES_MAX),
  formula: list(json<TrendFormula>(), SERIES_MAX),
  every: word("hour", "day", "week", "month", "quarter", "year"),
  by: json<Breakdown>(),
  compare: flag,
  cumulative: flag,
  rolling: whole(2, ROLLING_MAX),
};

export type Asking = Partial<TrendQuestion> & { event: TrendSeries[]; every: Every };

export function trendOf(
  question: Asking,
  asked: Pick<TrendDefinition, "period" | "segment">,
): TrendDefinition {
  return {
    kind: "trend",
    series: question.event,
    every: question.every,
    ...(question.formula ? { formulas: question.formula } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...(question.compare ? { compare: true } : {}),
    ...(question.cumulative ? { cumulative: true } : {}),
    ...(question.rolling ? { rolling: question.rolling } : {}),
    ...asked,
  };
}

interface Said {
  measure: Measure;
  // Before the event: “how many people did”.
  says: string;
  // As the name of a figure: “People”.
  name: string;
  ofProperty?: "number" | "any";
}

export const MEASURES: Said[] = [
  { measure: "people", says: "how many people did", name: "People" },
  { measure: "visits", says: "in how many visits people did", name: "Visits" },
  {
    measure: "organisations",
    says: "people of how many organisations did",
    name: "Organisations",
  },
  { measure: "events", says: "how often people did", name: "Events" },
  { measure: "sum", says: "the sum of", name: "Sum", ofProperty: "number" },
  { measure: "mean", says: "the mean of", name: "Mean", ofProperty: "number" },
  { measure: "median", says: "the median of", name: "Median", ofProperty: "number" },
  { measure: "percentile", says: "a percentile of", name: "Percentile", ofProperty: "number" },
  { measure: "min", says: "the least of", name: "Least", ofProperty: "number" },
  { measure: "max", says: "the most of", name: "Most", ofProperty: "number" },
  { measure: "distinct", says: "how many different", name: "Different", ofProperty: "any" },
];

export const measureOf = (measure: string | undefined): Said =>
  MEASURES.find((one) => one.measure === measure) ?? (MEASURES[0] as Said);

// What a line is called: its own name, else its event and measure as far as they tell it apart.
export function lineName(line: Line, definition: TrendDefinition): string {
  const asked =
    line.series === null || line.series === undefined ? null : definition.series[line.series];
  const value = sayValue(line.value ?? []);
  const several = definition.series.length + (definition.formulas?.length ?? 0) > 1;
  if (value && !several) return value;
  return [nameOf(line, asked ?? null, definition), value].filter(Boolean).join(", ");
}

function nameOf(line: Line, asked: TrendSeries | null, definition: TrendDefinition): string {
  if (line.name) return line.name;
  if (!asked) return "Formula";
  const event = asked.event ?? "Anything";
  const alike = definition.series.filter((one) => one.event === asked.event).length > 1;
  const said = measureOf(asked.measure);
  if (asked.property) return `${said.name} of ${asked.property}, ${event}`;
  return alike ? `${event}, ${said.name.toLowerCase()}` : event;
}

export function sayTrendCell(definition: TrendDefinition, cell: Cell): string {
  const series = definition.series[Number(cell["series"])];
  const value = cell["value"] as string[] | undefined;
  const when = cell["interval"] as string | undefined;
  const said = [
    `Did ${series?.event ?? "anything"}`,
    value && value.length > 0 && sayValue(value),
    when && interval(when, definition.every ?? "day"),
    cell["before"] && "in the period before",
  ];
  return said.filter(Boolean).join(", ");
}

export const sayFigure = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : figure(value);

// “A, B”: the letters by which a formula calls the lines.
export const letter = (at: number): string => String.fromCharCode(65 + at);
