// The questions of the other rooms survive the address bar, and name their numbers.

import { expect, test } from "vitest";
import type { PathsAnswer } from "../src/api/shapes";
import { readQuestion, writeQuestion, type Fields } from "../src/words/address";
import {
  ATTRIBUTION,
  attributionOf,
  sayAttributionCell,
  sayModels,
} from "../src/words/attribution";
import { cellOf, isWritten, stepName } from "../src/words/journey";
import { behindOf, PATHS, pathsOf, pictureOf, sayPathsCell } from "../src/words/paths";
import { columnName, RETENTION, retentionOf, sayRetentionCell } from "../src/words/retention";
import { lineName, TREND, trendOf } from "../src/words/trend";

function thereAndBack<Question>(fields: Fields<Question>, question: Partial<Question>) {
  const search = new URLSearchParams();
  writeQuestion(search, fields, question);
  return readQuestion(new URLSearchParams(search.toString()), fields);
}

test("a trend comes back from the address", () => {
  const question = {
    event: [{ event: "paid", measure: "sum" as const, property: "price" }, { event: "cart" }],
    formula: [{ formula: "A / B", name: "Each" }],
    every: "quarter" as const,
    compare: true,
    rolling: 7,
  };
  expect(thereAndBack(TREND, question)).toEqual(question);
});

test("lines of a trend are told apart, and no more than that", () => {
  const told = { event: "paid", measure: "people" as const, points: [], series: 0 };
  const alone = trendOf({ event: [{ event: "paid" }], every: "day" }, {});
  expect(lineName(told, alone)).toBe("paid");
  expect(lineName({ ...told, value: ["team", "DE"] }, alone)).toBe("team · DE");
  const twice = trendOf(
    { event: [{ event: "paid" }, { event: "paid", measure: "events" }], every: "day" },
    {},
  );
  expect(lineName({ ...told, series: 1 }, twice)).toBe("paid, events");
});

test("retention comes back from the address, and asks for a property only for its sum", () => {
  const question = {
    start: { event: "cart" },
    mode: "on_or_after" as const,
    clock: "rolling" as const,
    brackets: [1, 3, 7],
    minimum: 2,
    streak: true,
    property: "price",
  };
  expect(thereAndBack(RETENTION, question)).toEqual(question);
  expect(retentionOf(question, {}).property).toBeUndefined();
  expect(retentionOf({ ...question, measure: "sum" }, {}).property).toBe("price");
});

test("columns and cells of retention say what they are", () => {
  const weeks = retentionOf({ start: { event: "cart" } }, {});
  expect([0, 1, 5].map((at) => columnName(weeks, at))).toEqual(["Same week", "+1", "+5"]);
  const days = { brackets: [1, 3, 4], every: "day" as const };
  expect([0, 1, 2].map((at) => columnName(days, at))).toEqual(["Began", "Days 1–2", "Day 3"]);
  expect(sayRetentionCell(weeks, { cohort: "2026-01-05", period: 2, returned: true })).toBe(
    "Began with cart, Week of 5 Jan 2026, back +2",
  );
});

test("paths towards an event are read from the far end", () => {
  const definition = pathsOf({ event: { event: "paid" }, side: "to", steps: 2 }, {});
  expect(definition).toMatchObject({ to: { event: "paid" }, steps: 2 });
  expect(thereAndBack(PATHS, { event: { event: "paid" }, side: "to" as const })).toEqual({
    event: { event: "paid" },
    side: "to",
  });
  const answer = {
    nodes: [
      { step: 1, event: "paid", count: 3, people: 3, dropped: 0 },
      { step: 2, event: "cart", count: 2, people: 2, dropped: 2 },
    ],
    edges: [{ step: 1, from: "cart", to: "paid", count: 2 }],
  } as PathsAnswer;
  const { nodes, edges } = pictureOf(answer, true);
  expect(nodes.map((node) => [node.column, node.name])).toEqual([
    [1, "paid"],
    [0, "cart"],
  ]);
  expect(edges[0]).toMatchObject({ column: 0, from: "cart", toColumn: 1, to: "paid" });
});

test("a journey's “other” opens whoever went none of the ways that are shown", () => {
  const branch = (value: string) => ({ value, people: 1, dropped: 0 });
  const step = {
    step: 2,
    name: "next",
    optional: false,
    people: 3,
    conversion: 1,
    of_previous: 1,
    dropped: 0,
    pooled: 1,
    branches: [branch("a"), branch("(other)")],
  };
  const journey = { segment: "team", completed: 0, steps: [step], flows: [] };
  expect(cellOf(journey, 0, "(other)")).toEqual({ step: 2, besides: ["a"], segment: "team" });
  expect(cellOf(journey, 0, "a", true)).toEqual({
    step: 2,
    branch: "a",
    dropped: true,
    segment: "team",
  });
});

test("steps of a journey say what they show", () => {
  expect(stepName({ by: "event" })).toBe("whatever comes next");
  expect(stepName({ event: "paid", by: { property: "plan" } })).toBe("the plan of paid");
  expect(stepName({ event: "paid", or: [{ event: "asked" }] })).toBe("paid or asked");
});

test("a segment is compared only when it is written out", () => {
  expect(isWritten({ not: { did: { event: "paid" } } })).toBe(true);
  expect(isWritten({ all: [{ did: { event: "paid" } }, { saved: "loyal" }] })).toBe(false);
});

test("a model is told only what it can be told", () => {
  const asking = { conversion: { event: "paid" }, touch: [{ event: "ad" }] };
  const told = { ...asking, model: ["position" as const, "first" as const], first: 30, last: 50 };
  expect(attributionOf(told, {}).models).toEqual([
    { model: "first" },
    { model: "position", first: 0.3, last: 0.5 },
  ]);
  expect(attributionOf(asking, {}).models).toHaveLength(5);
  expect(sayModels({ ...asking, model: ["time_decay"], half: "3 days" })).toBe(
    "Decaying halves with every 3 days before.",
  );
  expect(sayAttributionCell(told, { value: ["ad"], model: 1 })).toBe(
    "Converted after ad, By position",
  );
  expect(thereAndBack(ATTRIBUTION, told)).toEqual(told);
});

test("the beginning of a whole path is the first step of one that has steps", () => {
  const whole = pathsOf({ event: { event: "cart" } }, {});
  expect(behindOf(whole, { step: 1, event: "main" }).steps).toBeGreaterThan(1);
  expect(behindOf(whole, { event: "main", dropped: true })).toBe(whole);
  expect(sayPathsCell(whole, { step: 1, event: "main" })).toBe("Began with main");
});
