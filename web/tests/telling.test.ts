// Sentences of the schema: values in place of names, and nothing said of what is missing.

import { expect, test } from "vitest";
import { namesIn, tell } from "../src/words/telling";

const PAID = "{person} paid {total}[ for {plan}]";
const told = (values: Record<string, unknown>, sealed: string[] = []) =>
  tell(PAID, { person: "Person 7", values, sealed });

test("names become values", () => {
  expect(told({ total: 1249.5, plan: "pro" })).toBe("Person 7 paid 1,249.5 for pro");
  expect(tell("trial: {trial}", { person: "", values: { trial: false } })).toBe("trial: no");
});

test("what is missing reads well", () => {
  expect(told({ total: 49 })).toBe("Person 7 paid 49");
  expect(told({ plan: "pro" })).toBe("Person 7 paid … for pro");
  expect(told({ total: 0, plan: "" })).toBe("Person 7 paid 0");
  expect(tell("[{a} ][{b} ]done", { person: "", values: { b: "x" } })).toBe("x done");
  expect(tell("paid [in full] ok", { person: "", values: {} })).toBe("paid in full ok");
});

test("what is sealed stays veiled, and is not missing", () => {
  expect(told({ total: 49 }, ["plan"])).toBe("Person 7 paid 49 for •••");
});

test("a value is no sentence of its own", () => {
  expect(told({ total: "{plan}", plan: "[x]" })).toBe("Person 7 paid {plan} for [x]");
});

test("a sentence names its properties once", () => {
  expect(namesIn("{person} {a} [{b.c} {a}]")).toEqual(["a", "b.c"]);
});
