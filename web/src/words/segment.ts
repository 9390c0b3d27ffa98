// A segment, said in words and kept as the lines of a form: “people who did Signed Up in the last
// 30 days and whose plan is team”.

import type { Condition, Did, EventChoice, Period, Segment } from "../api/shapes";
import { sayCondition } from "./condition";
import { count, list, times } from "./number";
import { day } from "./time";

// In the address a saved segment is its name, and one that was built its JSON.
export function readSegment(written: string | null): Segment | null {
  if (!written) return null;
  if (!written.startsWith("{")) return { saved: written };
  try {
    return JSON.parse(written) as Segment;
  } catch {
    return null;
  }
}

export const writeSegment = (segment: Segment): string => segment.saved ?? JSON.stringify(segment);

// How each line of a segment is joined to the others.
export type Joined = "all" | "any";

export interface Group {
  joined: Joined;
  parts: Segment[];
}

export function groupOf(segment: Segment | null): Group {
  if (segment?.any) return { joined: "any", parts: segment.any };
  if (segment?.all) return { joined: "all", parts: segment.all };
  return { joined: "all", parts: segment ? [segment] : [] };
}

// One line needs no group around it, and no line is no segment.
export function ofGroup({ joined, parts }: Group): Segment | null {
  const [only] = parts;
  if (!only) return null;
  return parts.length === 1 ? only : joined === "all" ? { all: parts } : { any: parts };
}

// Saved segments are called by their titles.
export type Titles = (name: string) => string;

export const saySegment = (segment: Segment | null, titles: Titles): string =>
  segment === null
    ? "everyone"
    : segment.saved
      ? titles(segment.saved)
      : `people ${part(segment, titles)}`;

function part(segment: Segment, titles: Titles): string {
  if (segment.are) return `whose ${list(segment.are.map(sayCondition))}`;
  if (segment.did) return sayDid(segment.did);
  if (segment.saved) return `in “${titles(segment.saved)}”`;
  if (segment.people) return `of a list of ${count(segment.people.length)}`;
  if (segment.behind) return sayBehind(segment.behind.definition);
  if (segment.not) return `other than those ${part(segment.not, titles)}`;
  const inner = (segment.all ?? segment.any ?? []).map((one) => part(one, titles));
  if (inner.length === 0) return segment.all ? "of all kinds" : "of no kind";
  return inner.join(segment.all ? " and " : " or ");
}

export const sayBehind = (definition: Record<string, unknown>): string =>
  `behind a number of a ${String(definition["kind"])} report`;

export function sayChoice({ event, where }: EventChoice): string {
  return [event ?? "anything", sayWhere(where)].filter(Boolean).join(" ");
}

const sayWhere = (where: Condition[] | undefined): string =>
  where && where.length > 0 ? `where ${where.map(sayCondition).join(" and ")}` : "";

function sayDid(did: Did): string {
  const never = did.at_most === 0 && did.at_least === undefined && !did.sum;
  const then = (did.then ?? []).map((one) => `, then ${sayChoice(one)}`).join("");
  const said = [
    never ? "who never did" : "who did",
    sayChoice(did) + then,
    then && did.within ? `within ${did.within}` : "",
    never || then ? "" : sayOften(did),
    sayWhen(did.period),
  ];
  return said.filter(Boolean).join(" ");
}

// How often, or how much: “at least 3 times”, “in at least 2 visits”, “at least 100 of price”.
export function sayOften(did: Did): string {
  const { at_least: least, at_most: most } = did;
  if (did.sum) return `${bounds(least, most, count) || "any amount"} of ${did.sum}`;
  if (did.count === "visits") return `in ${bounds(least ?? 1, most, count)} visits`;
  if (most === 0) return "never";
  return least === undefined && most === undefined ? "" : bounds(least, most, times);
}

function bounds(
  least: number | undefined,
  most: number | undefined,
  say: (value: number) => string,
): string {
  if (least !== undefined && most !== undefined)
    return least === most ? `exactly ${say(least)}` : `${count(least)} to ${say(most)}`;
  if (least !== undefined) return `at least ${say(least)}`;
  return most === undefined ? "" : `at most ${say(most)}`;
}

export function sayWhen(period: Period | undefined): string {
  if (period?.last) return `in the last ${period.last}`;
  if (period?.from && period.to) return `from ${day(period.from)} to ${day(period.to)}`;
  if (period?.from) return `since ${day(period.from)}`;
  return period?.to ? `until ${day(period.to)}` : "";
}

// “Loyal readers!” → “loyal-readers”: the name under which a segment stands in addresses.
export function nameOf(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}
