import { expect, test } from "vitest";
import { stepped, type LiveEvent, type LiveList } from "../src/api/live";

const EMPTY: LiveList = { shown: [], waiting: [], lost: 0, paused: false };

const event = (person: number): LiveEvent => ({
  person,
  ts: "2026-01-01T12:00:00Z",
  event: "look",
  source: "",
  properties: {},
});

const people = (some: LiveEvent[]) => some.map((one) => one.person);

test("the newest stand first, and the list does not grow without end", () => {
  let list = stepped(EMPTY, { news: { events: [event(1), event(2)], lost: 0 } });
  list = stepped(list, { news: { events: [event(3)], lost: 5 } });
  expect([people(list.shown), list.lost]).toEqual([[3, 2, 1], 5]);
  const many = Array.from({ length: 300 }, (_, at) => event(at + 10));
  list = stepped(list, { news: { events: many, lost: 0 } });
  expect([list.shown.length, list.shown[0]?.person]).toEqual([200, 309]);
});

test("while it is paused nothing moves, and nothing is missed", () => {
  let list = stepped(EMPTY, { news: { events: [event(1)], lost: 0 } });
  list = stepped(list, { paused: true });
  list = stepped(list, { news: { events: [event(2), event(3)], lost: 0 } });
  expect([people(list.shown), people(list.waiting)]).toEqual([[1], [3, 2]]);
  list = stepped(list, { paused: false });
  expect([people(list.shown), list.waiting]).toEqual([[3, 2, 1], []]);
});
