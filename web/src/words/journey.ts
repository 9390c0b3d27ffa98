// A journey's question as the address bar keeps it, and as a picture.

import type { Cell, JourneyAnswer, JourneyDefinition, JourneyStep, Segment } from "../api/shapes";
import { duration, list, named, text, type Fields } from "./address";
import { sayDimension } from "./breakdown";
import { list as sayList } from "./number";
import type { Edge, Node } from "./sankey";

export interface JourneyQuestion {
  step: JourneyStep[];
  within: string;
  // The names of kept segments that are set side by side.
  beside: string[];
}

export const STEPS_MAX = 20;
export const WITHIN_USUAL = "30 days";
export const TOP_USUAL = 4;
export const OTHER = "(other)";

export const JOURNEY: Fields<JourneyQuestion> = {
  step: list(named<JourneyStep>(), STEPS_MAX),
  within: duration(WITHIN_USUAL),
  beside: list(text, 4),
};

export type Asking = Partial<JourneyQuestion> & { step: JourneyStep[] };

// A kept segment can be compared when it is written out: not by another's name, nor by a cell.
export function isWritten(segment: Segment): boolean {
  if (segment.saved || segment.behind) return false;
  if (segment.not) return isWritten(segment.not);
  return (segment.all ?? segment.any ?? []).every(isWritten);
}

export function stepName(step: JourneyStep): string {
  if (step.name) return step.name;
  if (step.by === "event") return "whatever comes next";
  if (step.by) return `the ${sayDimension(step.by)} of ${step.event ?? "anything"}`;
  const names = [step.event, ...(step.or ?? []).map((one) => one.name || one.event)];
  return sayList(
    names.map((name) => name ?? "anything"),
    "or",
  );
}

type One = JourneyAnswer["journeys"][number];

export function pictureOf(journey: One): { nodes: Node[]; edges: Edge[] } {
  const column = (step: number) => journey.steps.findIndex((one) => one.step === step);
  const nodes = journey.steps.flatMap((step, at) =>
    step.branches.map((branch) => ({
      column: at,
      name: branch.value,
      size: branch.people,
      lost: branch.dropped,
    })),
  );
  const edges = journey.flows.map((flow) => ({
    column: column(flow.step),
    from: flow.from,
    toColumn: column(flow.to_step),
    to: flow.to,
    size: flow.people,
  }));
  return { nodes, edges };
}

// “(other)” has no name of its own: it is whoever took the step in none of the ways that are shown.
export function cellOf(journey: One, at: number, branch: string | null, dropped = false): Cell {
  const step = journey.steps[at];
  const shown = (step?.branches ?? []).map((one) => one.value).filter((one) => one !== OTHER);
  return {
    step: step?.step ?? 1,
    ...(branch === OTHER ? { besides: shown } : branch === null ? {} : { branch }),
    ...(dropped ? { dropped } : {}),
    ...(journey.segment === null ? {} : { segment: journey.segment }),
  };
}

export function sayJourneyCell(definition: JourneyDefinition, cell: Cell): string {
  const number = Number(cell["step"]);
  const step = definition.steps[number - 1];
  const branch = cell["branch"] as string | undefined;
  const name = branch ?? (cell["besides"] ? "something else" : step ? stepName(step) : "");
  const said = [
    `${cell["dropped"] ? "Ended at" : "Took"} step ${number}, ${name}`,
    cell["segment"] as string | undefined,
  ];
  return said.filter(Boolean).join(", ");
}
