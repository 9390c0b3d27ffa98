// A segment is said in words, survives the address bar, and its lines come back as they were.

import { expect, test } from "vitest";
import type { Segment } from "../src/api/shapes";
import {
  groupOf,
  nameOf,
  ofGroup,
  readSegment,
  saySegment,
  writeSegment,
} from "../src/words/segment";

const titles = (name: string) => (name === "loyal" ? "Loyal readers" : name);
const say = (segment: Segment | null) => saySegment(segment, titles);

test("a segment reads as a sentence", () => {
  expect(say(null)).toBe("everyone");
  expect(say({ saved: "loyal" })).toBe("Loyal readers");
  expect(say({ are: [{ property: "plan", is: "team" }] })).toBe("people whose plan is team");
  expect(say({ did: { event: "paid", where: [{ property: "price", more_than: 10 }] } })).toBe(
    "people who did paid where price is more than 10",
  );
});

test("how often, how much and when are said", () => {
  const last = { last: "30 days" };
  expect(say({ did: { event: "paid", at_least: 3, period: last } })).toBe(
    "people who did paid at least 3 times in the last 30 days",
  );
  expect(say({ did: { event: "paid", at_most: 0, period: last } })).toBe(
    "people who never did paid in the last 30 days",
  );
  expect(say({ did: { event: null, count: "visits", at_least: 2 } })).toBe(
    "people who did anything in at least 2 visits",
  );
  expect(say({ did: { event: "paid", sum: "price", at_least: 100 } })).toBe(
    "people who did paid at least 100 of price",
  );
  const then = [{ event: "paid" }, { event: "thanked" }];
  expect(say({ did: { event: "cart", then, within: "1 day" } })).toBe(
    "people who did cart, then paid, then thanked within 1 day",
  );
});

test("groups are joined by what they mean", () => {
  const paid = { did: { event: "paid" } };
  expect(say({ any: [paid, { saved: "loyal" }] })).toBe(
    "people who did paid or in “Loyal readers”",
  );
  expect(say({ not: paid })).toBe("people other than those who did paid");
});

test("a segment comes back from the address as it was written", () => {
  const built: Segment = { all: [{ did: { event: "paid" } }, { not: { saved: "loyal" } }] };
  expect(readSegment(writeSegment(built))).toEqual(built);
  expect(readSegment(writeSegment({ saved: "loyal" }))).toEqual({ saved: "loyal" });
  expect(readSegment("{half")).toBeNull();
  expect(readSegment(null)).toBeNull();
});

test("one line needs no group around it, and no line is no segment", () => {
  const paid = { did: { event: "paid" } };
  expect(ofGroup(groupOf(paid))).toEqual(paid);
  expect(ofGroup({ joined: "any", parts: [paid, paid] })).toEqual({ any: [paid, paid] });
  expect(ofGroup({ joined: "all", parts: [] })).toBeNull();
});

test("a title gives a name that can stand in addresses", () => {
  expect(nameOf("  Loyal Readers (été)! ")).toBe("loyal-readers-ete");
  expect(nameOf("???")).toBe("");
});
