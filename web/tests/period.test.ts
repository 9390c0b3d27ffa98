// A period is a choice, days in the project's zone, and words.

import { expect, test } from "vitest";
import {
  everyOf,
  periodBefore,
  periodOf,
  readPeriod,
  sayDays,
  writePeriod,
  type PeriodChoice,
} from "../src/words/period";

const span = { first: "2019-11-01T17:59:13Z", last: "2020-04-29T23:30:00Z" };

test("the last days end with the day of the newest event, in the project's zone", () => {
  const week: PeriodChoice = { kind: "last", days: 7 };
  expect(periodOf(week, span, "UTC")).toEqual({ from: "2020-04-23", to: "2020-04-29" });
  expect(periodOf(week, span, "Europe/Berlin")).toEqual({ from: "2020-04-24", to: "2020-04-30" });
});

test("the period before is as long and ends the day before", () => {
  expect(periodBefore({ from: "2020-03-01", to: "2020-03-31" })).toEqual({
    from: "2020-01-30",
    to: "2020-02-29",
  });
  expect(periodBefore(null)).toBeNull();
});

test.each<PeriodChoice>([
  { kind: "all" },
  { kind: "last", days: 30 },
  { kind: "range", from: "2020-01-01", to: "2020-01-31" },
])("%o comes back from the address", (choice) => {
  const search = new URLSearchParams("period=7d&from=x");
  writePeriod(search, choice);
  expect(readPeriod(search)).toEqual(choice);
});

test("a period that ends before it begins is none", () => {
  expect(readPeriod(new URLSearchParams("from=2020-02-01&to=2020-01-01"))).toEqual({ kind: "all" });
});

test("a line has enough points and not too many", () => {
  expect(everyOf({ kind: "last", days: 2 }, span, "UTC")).toBe("hour");
  expect(everyOf({ kind: "all" }, span, "UTC")).toBe("day");
  expect(everyOf({ kind: "range", from: "2015-01-01", to: "2020-01-01" }, span, "UTC")).toBe(
    "month",
  );
});

test("a choice says its days, the year once", () => {
  expect(sayDays({ kind: "last", days: 30 }, span, "UTC")).toBe("31 Mar – 29 Apr 2020");
  expect(sayDays({ kind: "all" }, span, "UTC")).toBe("1 Nov 2019 – 29 Apr 2020");
});
