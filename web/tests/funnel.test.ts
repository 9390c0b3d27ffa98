// A funnel's question survives the address bar, and what cannot be read there does no harm.

import { expect, test } from "vitest";
import { readQuestion, writeQuestion } from "../src/words/address";
import {
  definitionOf,
  FUNNEL,
  move,
  sayFunnelCell,
  type FunnelQuestion,
} from "../src/words/funnel";

function written(question: Partial<FunnelQuestion>): string {
  const search = new URLSearchParams();
  writeQuestion(search, FUNNEL, question);
  return search.toString();
}

const read = (search: string) => readQuestion(new URLSearchParams(search), FUNNEL);

test("a funnel of bare events is written as their names", () => {
  const question: Partial<FunnelQuestion> = {
    step: [{ event: "cart" }, { event: "main", where: [] }],
    within: "10 minutes",
    order: "ordered",
  };
  expect(written(question)).toBe("step=cart&step=main&within=10+minutes");
  expect(read(written(question)).step).toEqual([{ event: "cart" }, { event: "main" }]);
});

test("everything a funnel can say comes back from the address", () => {
  const question: Partial<FunnelQuestion> = {
    step: [
      { event: "cart", where: [{ property: "price", at_least: 10 }], or: [{ event: "basket" }] },
      { event: "{odd}", optional: true, within: "1 hour" },
      { event: "paid" },
    ],
    order: "strict",
    without: [{ event: "refund", from: 1, to: 3 }],
    exclusion: "person",
    hold: "order",
    count: "attempts",
    by: { by: [{ property: "plan", of: "person" }], limit: 5 },
    value: "last",
    show: "time",
    every: "month",
    property: ["plan"],
  };
  expect(read(written(question))).toEqual(question);
});

test("what cannot be read in the address is as if it were not there", () => {
  const odd = "within=never&order=sideways&count=cats&without=%7Bhalf&by=3";
  expect(read(`step=cart&${odd}`)).toEqual({ step: [{ event: "cart" }] });
  expect(read("step=%7Bnot+json").step).toEqual([{ event: "{not json" }]);
});

test("the server is asked for what one looks at, and for no more", () => {
  const step = [{ event: "cart" }, { event: "paid" }];
  expect(definitionOf({ step }, {})).toEqual({
    kind: "funnel",
    steps: step,
    within: "30 days",
    order: "ordered",
    times: true,
  });
  const over = definitionOf({ step, show: "time" }, { segment: { saved: "loyal" } });
  expect(over).toMatchObject({ every: "week", segment: { saved: "loyal" } });
  expect(over.times).toBeUndefined();
  expect(definitionOf({ step, show: "why", property: ["plan"] }, {}).correlate).toEqual({
    properties: ["plan"],
  });
});

test("a number of a funnel says what it stands for", () => {
  const definition = definitionOf({ step: [{ event: "cart" }, { event: "paid" }] }, {});
  expect(sayFunnelCell(definition, { step: 2, reached: true })).toBe("Reached step 2, paid");
  expect(sayFunnelCell(definition, { step: 2, reached: false, value: ["team"] })).toBe(
    "Did cart, then not paid, team",
  );
  expect(sayFunnelCell(definition, { correlation: { event: "help", converted: true } })).toBe(
    "Did help, and converted",
  );
  const plan = { property: "plan", value: "pro", converted: false };
  expect(sayFunnelCell(definition, { correlation: plan })).toBe(
    "Had plan pro, and did not convert",
  );
});

test("a step moves to another place", () => {
  expect(move(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
});
