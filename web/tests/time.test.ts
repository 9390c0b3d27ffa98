// Times are said as people say them, in the project's zone, and never as longer ago than they are.

import { expect, test } from "vitest";
import { ago, dayOf, exact, interval, length } from "../src/words/time";

const now = new Date("2026-11-21T12:00:00Z").getTime();

test("how long ago is not rounded up", () => {
  expect(ago("2020-04-29T12:48:07Z", now)).toBe("6 years ago");
  expect(ago("2026-11-20T11:00:00Z", now)).toBe("yesterday");
  expect(ago("2026-11-21T11:59:30Z", now)).toBe("just now");
});

test("the exact time names its zone", () => {
  expect(exact("2026-07-01T10:00:00Z", "Europe/Berlin")).toBe("1 Jul 2026, 12:00:00 Europe/Berlin");
});

test("a day begins at midnight of the zone", () => {
  expect(dayOf("2026-07-01T22:30:00Z", "Europe/Berlin")).toBe("2026-07-02");
});

test("an interval has the name of its first day", () => {
  expect(interval("2026-01-05", "week")).toBe("Week of 5 Jan 2026");
  expect(interval("2026-01-01", "month")).toBe("Jan 2026");
  expect(interval("2026-01-01T13:00+00:00", "hour")).toBe("1 Jan, 13:00");
});

test("a visit says how long it lasted", () => {
  expect([28_000, 190_000, 3_900_000].map(length)).toEqual(["28 s", "3 min", "1 h 5 min"]);
});
