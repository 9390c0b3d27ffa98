// A funnel's question in the address bar, so that it can be shared and the back button undoes a
// change. A bare step is its event's name; a step with conditions is its JSON.

import type { Condition, FunnelDefinition, Order, Period } from "../api/shapes";

export interface Step {
  event: string;
  where: Condition[];
}

export interface FunnelQuestion {
  steps: Step[];
  within: string;
  order: Order;
}

// The server reads at most this many steps, and a sentence does not hold more.
export const STEPS_MAX = 12;
export const WITHIN_DEFAULT = "30 days";

const ORDERS: Order[] = ["ordered", "strict", "any"];
const A_DURATION = /^\d{1,9} (second|minute|hour|day|week)s?$/;

export function readFunnel(search: URLSearchParams): FunnelQuestion {
  const within = search.get("within") ?? "";
  const order = search.get("order") as Order;
  return {
    steps: search.getAll("step").slice(0, STEPS_MAX).map(readStep),
    within: A_DURATION.test(within) ? within : WITHIN_DEFAULT,
    order: ORDERS.includes(order) ? order : "ordered",
  };
}

export function writeFunnel(search: URLSearchParams, question: FunnelQuestion): void {
  for (const name of ["step", "within", "order", "open"]) search.delete(name);
  for (const step of question.steps) search.append("step", writeStep(step));
  if (question.within !== WITHIN_DEFAULT) search.set("within", question.within);
  if (question.order !== "ordered") search.set("order", question.order);
}

export function writeStep(step: Step): string {
  const bare = step.where.length === 0 && !step.event.startsWith("{");
  return bare ? step.event : JSON.stringify(step);
}

function readStep(text: string): Step {
  if (text.startsWith("{")) {
    try {
      const read = JSON.parse(text) as Partial<Step>;
      if (typeof read.event === "string")
        return { event: read.event, where: Array.isArray(read.where) ? read.where : [] };
    } catch {
      // A name may itself begin with a brace.
    }
  }
  return { event: text, where: [] };
}

export function definitionOf(question: FunnelQuestion, period: Period | null): FunnelDefinition {
  return {
    kind: "funnel",
    steps: question.steps.map(({ event, where }) =>
      where.length > 0 ? { event, where } : { event },
    ),
    within: question.within,
    order: question.order,
    ...(period ? { period } : {}),
  };
}

export function move<T>(items: T[], from: number, to: number): T[] {
  const moved = [...items];
  moved.splice(to, 0, ...moved.splice(from, 1));
  return moved;
}
