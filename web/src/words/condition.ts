// A condition on an event's property, said in words: “price at least 10”.

import type { Condition } from "../api/shapes";
import { list } from "./number";

export type Test = "is" | "is_not" | "contains" | "at_least" | "at_most" | "is_set";

export const TESTS: { test: Test; says: string; types: string[] }[] = [
  { test: "is", says: "is", types: ["text", "number", "flag"] },
  { test: "is_not", says: "is not", types: ["text", "number", "flag"] },
  { test: "contains", says: "contains", types: ["text"] },
  { test: "at_least", says: "is at least", types: ["number"] },
  { test: "at_most", says: "is at most", types: ["number"] },
  { test: "is_set", says: "is set", types: ["text", "number", "flag"] },
];

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
  if (test === "is_set")
    return `${condition.property} ${condition.is_set ? "is set" : "is not set"}`;
  const value = condition[test];
  const said = Array.isArray(value) ? list(value.map(String)) : String(value);
  return `${condition.property} ${TESTS.find((one) => one.test === test)?.says ?? test} ${said}`;
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
  if (test === "contains") return { property, contains: text };
  if (test === "at_least" || test === "at_most") {
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
