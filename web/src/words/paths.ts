// A paths question as the address bar keeps it, and what its numbers stand for.

import type { Cell, EventChoice, PathsAnswer, PathsDefinition } from "../api/shapes";
import { choice, flag, json, list, oneOf, whole, type Fields } from "./address";
import { gathered } from "./sankey";
import { sayChoice } from "./segment";

type Group = NonNullable<PathsDefinition["groups"]>[number];
type Property = NonNullable<PathsDefinition["property"]>;

export interface PathsQuestion {
  event: EventChoice;
  side: "from" | "to" | "around";
  steps: number;
  by: NonNullable<PathsDefinition["by"]>;
  occurrence: NonNullable<PathsDefinition["occurrence"]>;
  hide: EventChoice[];
  group: Group[];
  property: Property;
  merge: boolean;
}

export type Asking = Partial<PathsQuestion> & { event: EventChoice };

export const STEPS_USUAL = 5;
export const SEQUENCES = 20;
const NODES_SHOWN = 7;

export const PATHS: Fields<PathsQuestion> = {
  event: choice,
  side: oneOf("around", "from", "to"),
  steps: whole(2, 20),
  by: oneOf("person", "visit"),
  occurrence: oneOf("first", "every"),
  hide: list(choice, 20),
  group: list(json<Group>(), 20),
  property: json<Property>(),
  merge: flag,
};

export function pathsOf(
  question: Asking,
  asked: Pick<PathsDefinition, "period" | "segment">,
): PathsDefinition {
  const { event, side = "around", steps = STEPS_USUAL } = question;
  return {
    kind: "paths",
    ...(side === "from" ? { from: event } : {}),
    ...(side === "to" ? { to: event } : {}),
    ...(side === "around" ? {} : { steps, sequences: SEQUENCES }),
    ...(question.by ? { by: question.by } : {}),
    ...(question.occurrence && side !== "around" ? { occurrence: question.occurrence } : {}),
    ...(question.hide ? { hide: question.hide } : {}),
    ...(question.group ? { groups: question.group } : {}),
    ...(question.property ? { property: question.property } : {}),
    ...(question.merge ? { merge_repeats: true } : {}),
    ...asked,
  };
}

// Where whole paths begin is step 1 of those that have steps: no other has a cell for it.
export const behindOf = (definition: PathsDefinition, cell: Cell | null): PathsDefinition =>
  cell?.["step"] && !definition.steps ? { ...definition, steps: STEPS_USUAL } : definition;

// As a picture: the steps by column, towards an end anchor from the far end.
export function pictureOf(answer: PathsAnswer, towards: boolean) {
  const told = answer.nodes ?? [];
  const steps = [...new Set(told.map((node) => node.step))].sort((one, other) =>
    towards ? other - one : one - other,
  );
  const column = (step: number) => steps.indexOf(step);
  const nodes = told.map(({ step, event, count, dropped }) => ({
    column: column(step),
    name: event,
    size: count,
    // Towards an anchor nothing is lost: these paths begin here.
    lost: towards ? 0 : dropped,
  }));
  const edges = (answer.edges ?? []).map(({ step, from, to, count }) => {
    const left = column(step + (towards ? 1 : 0));
    return { column: left, from, toColumn: left + 1, to, size: count };
  });
  return { steps, ...gathered(nodes, edges, NODES_SHOWN) };
}

export function sayPathsCell(definition: PathsDefinition, cell: Cell): string {
  const path = cell["path"] as string[] | undefined;
  if (path) return path.join(" › ");
  const step = cell["step"] as number | undefined;
  const at = step === undefined || step === null ? "" : `, step ${step}`;
  if (cell["from"]) return `${String(cell["from"])} › ${String(cell["to"])}${at}`;
  const anchor = definition.from ?? definition.to;
  const said = String(cell["event"] ?? (anchor ? sayChoice(anchor) : "anything"));
  if (step === 1 && !anchor) return `Began with ${said}`;
  return cell["dropped"] ? `Ended with ${said}${at}` : `Did ${said}${at}`;
}
