// People in columns: the question survives the address bar, and what orders the list is one of its
// columns.

import { expect, test } from "vitest";
import { readQuestion, writeQuestion } from "../src/words/address";
import { columnsOf, namesOf, PEOPLE, peopleOf, sayEnd, sayValue } from "../src/words/people";

const question = {
  show: "columns" as const,
  property: ["plan"],
  did: [
    { event: "paid", measure: "sum" as const, property: "price" },
    { event: "cart" },
    { event: "cart", measure: "first" as const },
    { event: "page", measure: "top" as const, property: "path" },
  ],
  formula: [{ formula: "A / B", name: "Each" }],
  by: "A",
  ascending: true,
};

test("people in columns come back from the address", () => {
  const search = new URLSearchParams();
  writeQuestion(search, PEOPLE, question);
  expect(readQuestion(new URLSearchParams(search.toString()), PEOPLE)).toEqual(question);
});

test("what they did goes by letters, and the list by one of its columns", () => {
  const { metrics, order, fields } = peopleOf(question, {});
  expect(fields).toEqual(["plan"]);
  expect(metrics?.map((one) => one.name)).toEqual(["A", "B", "C", "D", "E"]);
  expect(metrics?.at(-1)).toEqual({ name: "E", formula: "A / B" });
  expect(order).toEqual({ by: "A", descending: false });
  // Who leaves a column out no longer orders by it.
  expect(peopleOf({ by: "A" }, {}).order).toEqual({ by: "last_seen", descending: true });
});

test("columns say what they are, and formulas what they may name", () => {
  expect(columnsOf(question).map((column) => column.title)).toEqual([
    "plan",
    "A: Sum of price, paid",
    "B: cart",
    "C: First cart",
    "D: Most frequent path, page",
    "Each",
    "Events",
    "First seen",
    "Last seen",
  ]);
  expect(columnsOf({ did: [{ measure: "last" }, {}] }).map((column) => column.title)).toEqual([
    "Last of anything",
    "Anything",
    "Events",
    "First seen",
    "Last seen",
  ]);
  expect(namesOf(question.did)).toBe("A, B and events");
  expect([sayValue(null), sayValue(true), sayValue(1234.5), sayValue("pro")]).toEqual([
    "–",
    "yes",
    "1,235",
    "pro",
  ]);
  expect(sayEnd("instant", true)).toBe("the earliest first");
});
