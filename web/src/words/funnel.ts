// A funnel's question as the address bar keeps it, and as the server hears it.

import type {
  Breakdown,
  Cell,
  CorrelationCell,
  Every,
  Exclusion,
  FunnelDefinition,
  FunnelStep,
  Order,
  Period,
  Segment,
} from "../api/shapes";
import { duration, json, list, named, oneOf, text, type Fields } from "./address";
import { sayValue } from "./breakdown";
import { list as sayList } from "./number";
import { interval } from "./time";

// What of the answer one looks at; each costs the server only when it is asked for.
export type Show = "steps" | "time" | "duration" | "why";
export type Count = NonNullable<FunnelDefinition["count"]>;
export type ValueOf = "first" | "last" | "every";

export interface FunnelQuestion {
  step: FunnelStep[];
  within: string;
  order: Order;
  without: Exclusion[];
  exclusion: NonNullable<FunnelDefinition["exclusion"]>;
  hold: string;
  count: Count;
  by: Breakdown;
  value: ValueOf;
  show: Show;
  every: Every;
  property: string[];
}

// A sentence does not hold more; the server would take sixty.
export const STEPS_MAX = 20;
export const WITHIN_USUAL = "30 days";

export const FUNNEL: Fields<FunnelQuestion> = {
  step: list(named<FunnelStep>(), STEPS_MAX),
  within: duration(WITHIN_USUAL),
  order: oneOf("ordered", "strict", "any"),
  without: list(json<Exclusion>(), STEPS_MAX),
  exclusion: oneOf("attempt", "person"),
  hold: text,
  count: oneOf("people", "visits", "attempts"),
  by: json<Breakdown>(),
  value: oneOf("first", "last", "every"),
  show: oneOf("steps", "time", "duration", "why"),
  every: oneOf("week", "hour", "day", "month", "quarter", "year"),
  property: list(text, 10),
};

export type Asking = Partial<FunnelQuestion> & { step: FunnelStep[] };

export function definitionOf(
  question: Asking,
  asked: { period?: Period; segment?: Segment },
): FunnelDefinition {
  const { step, show = "steps" } = question;
  const several = step.length > 1;
  return {
    kind: "funnel",
    steps: step,
    within: question.within ?? WITHIN_USUAL,
    order: question.order ?? "ordered",
    ...(question.without ? { exclude: question.without } : {}),
    ...(question.exclusion ? { exclusion: question.exclusion } : {}),
    ...(question.hold ? { hold: question.hold } : {}),
    ...(question.count ? { count: question.count } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...(question.value && question.by ? { value_of: question.value } : {}),
    ...(show === "time" ? { every: question.every ?? "week" } : {}),
    ...(several && (show === "steps" || show === "duration") ? { times: true } : {}),
    ...(show === "why" ? { correlate: { properties: question.property ?? [] } } : {}),
    ...asked,
  };
}

export const stepName = (step: FunnelStep): string =>
  step.name ||
  sayList([step.event, ...(step.or ?? []).map((one) => one.event ?? "anything")], "or");

// What a number of a funnel stands for: “Did Signed Up, then not Paid”.
export function sayFunnelCell(definition: FunnelDefinition, cell: Cell): string {
  const correlation = cell["correlation"] as CorrelationCell | undefined;
  if (correlation) return sayCorrelationCell(correlation);
  const step = Number(cell["step"]);
  const at = definition.steps[step - 1];
  const before = definition.steps.slice(0, step - 1).findLast((one) => !one.optional);
  const name = at ? stepName(at) : "";
  const said =
    cell["reached"] === false
      ? `Did ${before ? stepName(before) : "nothing"}, then not ${name}`
      : `Reached step ${step}, ${name}`;
  const value = cell["value"] as string[] | undefined;
  const when = cell["interval"] as string | undefined;
  return [said, value && sayValue(value), when && interval(when, definition.every ?? "day")]
    .filter(Boolean)
    .join(", ");
}

function sayCorrelationCell({ event, property, value, converted }: CorrelationCell): string {
  const said = event ? `Did ${event}` : `Had ${property} ${value}`;
  return `${said}, and ${converted === false ? "did not convert" : "converted"}`;
}

export function move<T>(items: T[], from: number, to: number): T[] {
  const moved = [...items];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
}
