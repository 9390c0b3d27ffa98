// Numbers read as the app promises: thousands separated, one decimal at most, nothing rounded to
// all or none.

import { expect, test } from "vitest";
import { change, count, list, percent, points, share } from "../src/words/number";

const spaced = (text: string): string => text.replaceAll("\u202f", " ");

test("a share has one decimal at most", () => {
  expect([0.356029, 0.5, 1, 0].map(percent).map(spaced)).toEqual([
    "35.6 %",
    "50 %",
    "100 %",
    "0 %",
  ]);
});

test("a share is not rounded to all or none", () => {
  expect([0.0001, 0.99999].map(percent).map(spaced)).toEqual(["< 0.1 %", "> 99.9 %"]);
});

test("a share of nobody is no number", () => {
  expect(share(0, 0)).toBe("–");
});

test("thousands are separated", () => {
  expect(count(1234567)).toBe("1,234,567");
});

test("a change is said as one says it", () => {
  expect(spaced(change(188, 209))).toBe("10 % fewer");
  expect(change(5, 5)).toBe("as many");
});

test("points are the difference of the figures shown", () => {
  expect(points(0.02258, 0.04641)).toBe("2.3 points less than");
  expect(points(0.5, 0.5)).toBe("the same as");
});

test("a list is read aloud", () => {
  expect(list(["a", "b", "c"])).toBe("a, b and c");
});
