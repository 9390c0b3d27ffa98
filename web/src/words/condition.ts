// A condition on a property, said in words: “price at least 10”, “the person's plan is team”.

import type { Condition, Of } from "../api/shapes";
import { list } from "./number";

export type Test = Exclude<keyof Condition, "property" | "of">;

const ANY = ["text", "number", "flag"];

export const TESTS: { test: Test; says: string; types: string[] }[] = [
  { test: "is", says: "is", types: ANY },
  { test: "is_not", says: "is not", types: ANY },
  { test: "contains", says: "contains", types: ["text"] },
  { test: "contains_not", says: "does not contain", types: ["text"] },
  { test: "starts_with", says: "starts with", types: ["text"] },
  { test: "matches", says: "matches the pattern", types: ["text"] },
  { test: "at_least", says: "is at least", types: ["number"] },
  { test: "at_most", says: "is at most", types: ["number"] },
  { test: "more_than", says: "is more than", types: ["number"] },
  { test: "less_than", says: "is less than", types: ["number"] },
  { test: "is_set", says: "is set", types: ANY },
];

const OF_TEXT: Test[] = ["contains", "contains_not", "starts_with", "matches"];
const OF_NUMBER: Test[] = ["at_least", "at_most", "more_than", "less_than"];

export const WHOSE: Record<Of, string> = {
  event: "",
  visit: "the visit's ",
  person: "the person's ",
};

export function testOf(condition: Condition): Test {
  const found = TESTS.find(({ test }) => condition[test] !== undefined && condition[test] !== null);
  return found?.test ?? "is_set";
}

export function valueText(condition: Condition): string {
  const value = condition[testOf(condition)];
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

export function sayCondition(condition: Condition): string {
  const test = testOf(condition);
  const property = WHOSE[condition.of ?? "event"] + condition.property;
  if (test === "is_set") return `${property} ${condition.is_set ? "is set" : "is not set"}`;
  const value = condition[test];
  const said = Array.isArray(value) ? list(value.map(String), "or") : String(value);
  return `${property} ${TESTS.find((one) => one.test === test)?.says ?? test} ${said}`;
}

// What was typed, as the property's type wants it; null when it cannot be read that way.
export function makeCondition(
  property: string,
  type: string,
  test: Test,
  typed: string,
): Condition | null {
  if (test === "is_set") return { property, is_set: typed !== "no" };
  const text = typed.trim();
  if (!text) return null;
  if (OF_TEXT.includes(test)) return { property, [test]: text };
  if (OF_NUMBER.includes(test)) {
    const limit = Number(text);
    return Number.isFinite(limit) ? { property, [test]: limit } : null;
  }
  const values = text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => scalar(one, type));
  const [first] = values;
  if (first === undefined || first === null || values.includes(null)) return null;
  return { property, [test]: values.length === 1 ? first : values };
}

function scalar(text: string, type: string): string | number | boolean | null {
  if (type === "number") return text !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
  if (type === "flag")
    return text === "true" || text === "yes"
      ? true
      : text === "false" || text === "no"
        ? false
        : null;
  return text;
}
