// Conditions, names, visits and paths: what the rooms say is made of these.

import { expect, test } from "vitest";
import { assignHues, HUES } from "../src/theme/event-colour";
import { around, gather } from "../src/words/around";
import { makeCondition, sayCondition } from "../src/words/condition";
import { cutMiddle, halves } from "../src/words/name";
import { daysOf } from "../src/words/visit";

test("a condition is made from what was typed and said in words", () => {
  expect(makeCondition("price", "number", "at_least", " 10 ")).toEqual({
    property: "price",
    at_least: 10,
  });
  expect(makeCondition("plan", "text", "is", "team, company")).toEqual({
    property: "plan",
    is: ["team", "company"],
  });
  expect(sayCondition({ property: "plan", is: ["team", "company"] })).toBe(
    "plan is team or company",
  );
  expect(sayCondition({ property: "plan", is_set: false })).toBe("plan is not set");
});

test("what cannot be read as the property's type makes no condition", () => {
  expect(makeCondition("price", "number", "at_least", "cheap")).toBeNull();
  expect(makeCondition("price", "number", "is", "12, cheap")).toBeNull();
  expect(makeCondition("plan", "text", "is", " ")).toBeNull();
});

test("a long name is cut in the middle and keeps both its ends", () => {
  expect(cutMiddle("Invitation Accepted by the Whole Team", 20)).toBe("Invitation Ac…e Team");
  expect(cutMiddle("cart", 20)).toBe("cart");
  expect(halves("Invitation Accepted by the Whole Team").join("")).toBe(
    "Invitation Accepted by the Whole Team",
  );
});

test("the events one meets together have different colours, and keep them when more arrive", () => {
  const names = [
    "cart",
    "catalog",
    "main",
    "lost",
    "product1",
    "product2",
    "payment_done",
    "delivery",
  ];
  expect(new Set(assignHues(names).values()).size).toBe(HUES);
  expect(assignHues([...names, "late"]).get("cart")).toBe(assignHues(names).get("cart"));
});

test("a timeline is read by day and by visit, newest first", () => {
  const event = (ts: string) => ({ ts, event: "main", source: "web", properties: {}, sealed: [] });
  const days = daysOf(
    [
      "2026-03-02T10:05:00Z",
      "2026-03-02T10:00:00Z",
      "2026-03-02T08:00:00Z",
      "2026-03-01T23:59:00Z",
    ].map(event),
    "UTC",
  );
  expect(days.map((day) => [day.date, day.visits.map((visit) => visit.events.length)])).toEqual([
    ["2026-03-02", [2, 1]],
    ["2026-03-01", [1]],
  ]);
  expect(days[0]?.visits[0]?.lasted_ms).toBe(300_000);
});

test("what came before and after an event adds up to how often it happened", () => {
  const answer = {
    kind: "paths" as const,
    people: 3,
    paths: 3,
    transitions: [
      { from: "a", to: "b", count: 2 },
      { from: "b", to: "b", count: 1 },
      { from: "b", to: "c", count: 1 },
    ],
    starts: [
      { event: "a", count: 2 },
      { event: "b", count: 1 },
    ],
    ends: [
      { event: "b", count: 2 },
      { event: "c", count: 1 },
    ],
  };
  const here = around(answer, "b");
  expect(here.total).toBe(4);
  expect(here.before).toEqual([
    { event: "a", count: 2 },
    { event: "b", count: 1 },
    { event: null, count: 1 },
  ]);
  expect(here.after.reduce((sum, one) => sum + one.count, 0)).toBe(4);
});

test("a picture keeps the first few and says how many it gathered", () => {
  const many = ["a", "b", "c", "d", "e"].map((event, at) => ({ event, count: 9 - at }));
  const { kept, rest } = gather([...many, { event: null, count: 1 }], 3);
  expect(kept.map((one) => one.event)).toEqual(["a", "b", "c", null]);
  expect(rest.map((one) => one.event)).toEqual(["d", "e"]);
});
