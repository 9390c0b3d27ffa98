// Retention's question as the address bar keeps it, and what its columns and numbers are called.

import type { Breakdown, Cell, EventChoice, Every, RetentionDefinition } from "../api/shapes";
import { choice, flag, json, oneOf, text, whole, type Fields } from "./address";
import { sayValue } from "./breakdown";
import { interval } from "./time";

export type Mode = NonNullable<RetentionDefinition["mode"]>;
export type Clock = NonNullable<RetentionDefinition["clock"]>;
export type Cohorts = NonNullable<RetentionDefinition["cohorts"]>;
export type Measure = NonNullable<RetentionDefinition["measure"]>;

// What retention and what cohorts are worth have in common: who began when, and the columns since.
export interface Begun {
  start: EventChoice;
  every: Every;
  periods: number;
  clock: Clock;
  brackets: number[];
  cohorts: Cohorts;
  by: Breakdown;
}

export interface RetentionQuestion extends Begun {
  return: EventChoice;
  mode: Mode;
  measure: Measure;
  property: string;
  minimum: number;
  streak: boolean;
}

export const PERIODS_USUAL = 8;
export const PERIODS_MAX = 60;

export const BEGUN: Fields<Begun> = {
  start: choice,
  every: oneOf("week", "hour", "day", "month", "quarter", "year"),
  periods: whole(2, PERIODS_MAX),
  clock: oneOf("calendar", "rolling"),
  brackets: json<number[]>(),
  cohorts: oneOf("ever", "first", "every"),
  by: json<Breakdown>(),
};

export const RETENTION: Fields<RetentionQuestion> = {
  ...BEGUN,
  return: choice,
  mode: oneOf("on", "on_or_after", "on_or_before"),
  measure: oneOf("people", "events", "sum"),
  property: text,
  minimum: whole(2, 1_000),
  streak: flag,
};

export type Begin = Partial<Begun> & { start: EventChoice };
export type Asking = Partial<RetentionQuestion> & { start: EventChoice };

export function begunOf(question: Begin) {
  return {
    start: question.start,
    every: question.every ?? "week",
    periods: question.periods ?? PERIODS_USUAL,
    ...(question.clock ? { clock: question.clock } : {}),
    ...(question.brackets ? { brackets: question.brackets } : {}),
    ...(question.cohorts ? { cohorts: question.cohorts } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
  };
}

export function retentionOf(
  question: Asking,
  asked: Pick<RetentionDefinition, "period" | "segment">,
): RetentionDefinition {
  return {
    kind: "retention",
    ...begunOf(question),
    ...(question.return ? { return: question.return } : {}),
    ...(question.mode ? { mode: question.mode } : {}),
    ...(question.measure ? { measure: question.measure } : {}),
    ...(question.measure === "sum" ? { property: question.property ?? null } : {}),
    ...(question.minimum ? { minimum: question.minimum } : {}),
    ...(question.streak ? { streak: true } : {}),
    ...asked,
  };
}

type Columns = Pick<RetentionDefinition, "brackets" | "every" | "clock">;

// “Same week”, “+3”, “Days 7–29”: what a column stands for.
export function columnName({ brackets, every, clock }: Columns, at: number): string {
  if (brackets && brackets.length > 0) {
    if (at === 0) return "Began";
    const from = brackets[at - 1] ?? 0;
    const to = (brackets[at] ?? from + 1) - 1;
    return from >= to ? `Day ${from}` : `Days ${from}–${to}`;
  }
  if (at > 0) return `+${at}`;
  return clock === "rolling" ? "Began" : `Same ${every}`;
}

export function sayRetentionCell(definition: RetentionDefinition, cell: Cell): string {
  const start = definition.start.event ?? "anything";
  const period = Number(cell["period"] ?? 0);
  const value = cell["value"] as string[] | undefined;
  const said = [
    `Began with ${start}, ${interval(String(cell["cohort"]), definition.every ?? "week")}`,
    value && value.length > 0 && sayValue(value),
    period > 0 &&
      `${cell["returned"] === false ? "not back" : "back"} ${columnName(definition, period)}`,
  ];
  return said.filter(Boolean).join(", ");
}
