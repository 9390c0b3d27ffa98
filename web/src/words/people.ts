// A question about people in columns, as the address bar keeps it, and what its columns are called.
// What they did is called A, B and so on in the order of the question, as formulas name it.

import type { Metric, PeopleDefinition, PeopleReport, TrendFormula } from "../api/shapes";
import { flag, json, list, named, oneOf, text, type Fields } from "./address";
import { figure, list as sayList } from "./number";
import { letter } from "./trend";

// What somebody did, before it has its letter.
export type Did = Omit<Metric, "name">;
export type Row = PeopleReport["rows"][number];
export type Value = Row["metrics"][string];

export interface PeopleQuestion {
  show: "list" | "columns";
  property: string[];
  did: Did[];
  formula: TrendFormula[];
  by: string;
  ascending: boolean;
}

export type Asking = Partial<PeopleQuestion>;

const PEOPLE_A_PAGE = 100;
export const FIELDS_MAX = 12;
export const DIDS_MAX = 8;
const FORMULAS_MAX = 4;
const BY_USUAL = "last_seen";

export const PEOPLE: Fields<PeopleQuestion> = {
  show: oneOf("list", "columns"),
  property: list(text, FIELDS_MAX),
  did: list(named<Did>(), DIDS_MAX),
  formula: list(json<TrendFormula>(), FORMULAS_MAX),
  by: text,
  ascending: flag,
};

export function peopleOf(
  question: Asking,
  asked: Pick<PeopleDefinition, "period" | "segment">,
): PeopleDefinition {
  const { property = [], did = [], formula = [] } = question;
  return {
    kind: "people",
    fields: property,
    metrics: [
      ...did.map((one, at) => ({ ...one, name: letter(at) })),
      ...formula.map((one, at) => ({ formula: one.formula, name: letter(did.length + at) })),
    ],
    order: { by: orderOf(question), descending: !question.ascending },
    limit: PEOPLE_A_PAGE,
    ...asked,
  };
}

interface Said {
  // A measure, told apart by whether it is one of a property.
  measure: NonNullable<Metric["measure"]>;
  ofProperty?: "number" | "any";
  // Before the event or the property: “how often they did”.
  says: string;
  // As the head of a column: “Sum of price”.
  name: string;
  shows: "number" | "value" | "instant";
}

export const MEASURES: Said[] = [
  { measure: "count", says: "how often they did", name: "", shows: "number" },
  { measure: "first", says: "when they first did", name: "First", shows: "instant" },
  { measure: "last", says: "when they last did", name: "Last", shows: "instant" },
  { measure: "sum", ofProperty: "number", says: "the sum of", name: "Sum of", shows: "number" },
  { measure: "mean", ofProperty: "number", says: "the mean of", name: "Mean of", shows: "number" },
  { measure: "min", ofProperty: "number", says: "the least of", name: "Least", shows: "number" },
  { measure: "max", ofProperty: "number", says: "the most of", name: "Most", shows: "number" },
  {
    measure: "distinct",
    ofProperty: "any",
    says: "how many different",
    name: "Different",
    shows: "number",
  },
  {
    measure: "top",
    ofProperty: "any",
    says: "the most frequent",
    name: "Most frequent",
    shows: "value",
  },
  { measure: "first", ofProperty: "any", says: "the first", name: "First", shows: "value" },
  { measure: "last", ofProperty: "any", says: "the last", name: "Last", shows: "value" },
];

export const measureOf = (did: Did): Said =>
  MEASURES.find(
    (one) =>
      one.measure === (did.measure ?? "count") && Boolean(one.ofProperty) === Boolean(did.property),
  ) ??
  MEASURES.find((one) => one.measure === did.measure) ??
  (MEASURES[0] as Said);

export interface PeopleColumn {
  // What the list can be ordered by.
  by: string;
  title: string;
  shows: Said["shows"];
  of: (row: Row) => Value;
}

const ALWAYS: PeopleColumn[] = [
  { by: "events", title: "Events", shows: "number", of: (row) => row.events },
  { by: "first_seen", title: "First seen", shows: "instant", of: (row) => row.first_seen },
  { by: "last_seen", title: "Last seen", shows: "instant", of: (row) => row.last_seen },
];

// What was told of them, what they did, and what they always have.
export function columnsOf(question: Asking): PeopleColumn[] {
  const { property = [], did = [], formula = [] } = question;
  const told = property.map((name): PeopleColumn => ({
    by: name,
    title: name,
    shows: "value",
    of: (row) => row.fields[name] ?? null,
  }));
  const done = [
    ...did.map((one) => ({ title: titleOf(one), shows: measureOf(one).shows })),
    ...formula.map((one) => ({ title: one.name || one.formula, shows: "number" as const })),
  ].map(({ title, shows }, at): PeopleColumn => {
    const by = letter(at);
    const called = formula.length > 0 && at < did.length ? `${by}: ${title}` : title;
    return { by, title: called, shows, of: (row) => row.metrics[by] ?? null };
  });
  return [...told, ...done, ...ALWAYS];
}

function titleOf(did: Did): string {
  const { name, ofProperty } = measureOf(did);
  const event = did.event ?? (name && !ofProperty ? "of anything" : "Anything");
  return ofProperty ? `${name} ${did.property}, ${event}` : [name, event].filter(Boolean).join(" ");
}

// A column that was left out orders nothing any more.
export function orderOf(question: Asking): string {
  const found = columnsOf(question).find((column) => column.by === question.by);
  return found?.by ?? BY_USUAL;
}

// “latest first”: which end of a column comes first.
export function sayEnd(shows: PeopleColumn["shows"], ascending: boolean): string {
  if (shows === "instant") return ascending ? "the earliest first" : "the latest first";
  return ascending ? "from the lowest" : "from the highest";
}

// What formulas may name: the letters of what is a number, and the events.
export function namesOf(did: Did[]): string {
  const letters = did.flatMap((one, at) =>
    measureOf(one).shows === "number" ? [letter(at)] : [],
  );
  return sayList([...letters, "events"]);
}

export function sayValue(value: Value): string {
  if (value === null) return "–";
  if (typeof value === "number") return figure(value);
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
}
