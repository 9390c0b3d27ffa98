// A funnel's question survives the address bar, and what cannot be read there does no harm.

import { expect, test } from "vitest";
import {
  definitionOf,
  move,
  readFunnel,
  writeFunnel,
  type FunnelQuestion,
} from "../src/words/funnel";

function thereAndBack(question: FunnelQuestion): FunnelQuestion {
  const search = new URLSearchParams();
  writeFunnel(search, question);
  return readFunnel(new URLSearchParams(search.toString()));
}

test("a question comes back from the address as it was", () => {
  const question: FunnelQuestion = {
    steps: [
      { event: "cart & more", where: [] },
      {
        event: "paid",
        where: [
          { property: "price", at_least: 10 },
          { property: "plan", is: ["team", "company"] },
        ],
      },
      { event: '{"odd": "name"}', where: [] },
    ],
    within: "10 minutes",
    order: "strict",
  };
  expect(thereAndBack(question)).toEqual(question);
});

test("what the address leaves out or gets wrong is the usual", () => {
  expect(readFunnel(new URLSearchParams("step=cart&within=soon&order=sideways"))).toEqual({
    steps: [{ event: "cart", where: [] }],
    within: "30 days",
    order: "ordered",
  });
});

test("a name that begins with a brace is a name", () => {
  expect(readFunnel(new URLSearchParams("step={oops")).steps).toEqual([
    { event: "{oops", where: [] },
  ]);
});

test("a definition says nothing it need not say", () => {
  const definition = definitionOf(
    { steps: [{ event: "cart", where: [] }], within: "1 day", order: "any" },
    null,
  );
  expect(definition).toEqual({
    kind: "funnel",
    steps: [{ event: "cart" }],
    within: "1 day",
    order: "any",
  });
});

test("a moved step takes its place and the others close up", () => {
  expect(move(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(move(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
});
