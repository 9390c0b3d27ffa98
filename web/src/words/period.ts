// The period of a question: how the address bar keeps it, how the server hears it, how a sentence
// says it. “Last 30 days” ends with the day of the newest event, so that a log imported from the
// past is not empty.

import type { Every, Period, ProjectSchema } from "../api/shapes";
import { addDays, day, dayOf, daysBetween, shortDay } from "./time";

export type PeriodChoice =
  { kind: "all" } | { kind: "last"; days: number } | { kind: "range"; from: string; to: string };

export const LAST_DAYS = [7, 30, 90, 180, 365];

const A_DATE = /^\d{4}-\d{2}-\d{2}$/;

export function readPeriod(search: URLSearchParams): PeriodChoice {
  const last = /^(\d{1,4})d$/.exec(search.get("period") ?? "");
  if (last) return { kind: "last", days: Math.max(1, Number(last[1])) };
  const from = search.get("from") ?? "";
  const to = search.get("to") ?? "";
  if (A_DATE.test(from) && A_DATE.test(to) && from <= to) return { kind: "range", from, to };
  return { kind: "all" };
}

export function writePeriod(search: URLSearchParams, choice: PeriodChoice): void {
  for (const name of ["period", "from", "to"]) search.delete(name);
  if (choice.kind === "last") search.set("period", `${choice.days}d`);
  if (choice.kind === "range") {
    search.set("from", choice.from);
    search.set("to", choice.to);
  }
}

type Span = Pick<ProjectSchema, "first" | "last">;

export function periodOf(choice: PeriodChoice, span: Span, zone: string): Period | null {
  if (choice.kind === "range") return { from: choice.from, to: choice.to };
  if (choice.kind === "all" || !span.last) return null;
  const to = dayOf(span.last, zone);
  return { from: addDays(to, 1 - choice.days), to };
}

// The period of the same length just before; none for all time.
export function periodBefore(period: Period | null): Period | null {
  if (!period?.from || !period.to) return null;
  const days = daysBetween(period.from, period.to) + 1;
  return { from: addDays(period.from, -days), to: addDays(period.from, -1) };
}

export function sayPeriod(choice: PeriodChoice): string {
  if (choice.kind === "all") return "all time";
  if (choice.kind === "last") return `last ${choice.days} days`;
  return choice.from === choice.to ? day(choice.from) : `${day(choice.from)} to ${day(choice.to)}`;
}

// The days a choice stands for: “1 Nov 2019 – 29 Apr 2020”.
export function sayDays(choice: PeriodChoice, span: Span, zone: string): string {
  const from =
    choice.kind === "all"
      ? span.first && dayOf(span.first, zone)
      : periodOf(choice, span, zone)?.from;
  const to =
    choice.kind === "all" ? span.last && dayOf(span.last, zone) : periodOf(choice, span, zone)?.to;
  if (!from || !to) return "";
  const sameYear = from.slice(0, 4) === to.slice(0, 4);
  return from === to ? day(to) : `${sameYear ? shortDay(from) : day(from)} – ${day(to)}`;
}

// The interval that gives a line enough points to have a shape, and not more than can be told
// apart.
export function everyOf(choice: PeriodChoice, span: Span, zone: string): Every {
  const period = periodOf(choice, span, zone);
  const from = period?.from ?? (span.first ? dayOf(span.first, zone) : null);
  const to = period?.to ?? (span.last ? dayOf(span.last, zone) : null);
  const days = from && to ? daysBetween(from, to) + 1 : 1;
  if (days <= 3) return "hour";
  if (days <= 400) return "day";
  return days <= 1500 ? "week" : "month";
}
