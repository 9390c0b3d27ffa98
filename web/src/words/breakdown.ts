// By which properties a question is broken down, and its values, in words.

import type { Breakdown, Dimension } from "../api/shapes";
import { WHOSE } from "./condition";
import { count, list } from "./number";

export const VALUES_USUAL = 8;

export const sayDimension = ({ property, of }: Dimension): string =>
  WHOSE[of ?? "event"] + property;

export const sayBreakdown = (breakdown: Breakdown): string => list(breakdown.by.map(sayDimension));

// One value of each property: “team · Germany”.
export const sayValue = (value: string[]): string => value.join(" · ");

// “0, 10, 100” → the edges between which numbers are put together; null when they do not ascend.
export function readBuckets(typed: string): number[] | null {
  const edges = typed
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
    .map(Number);
  const ascending = edges.every((edge, at) => at === 0 || edge > (edges[at - 1] ?? edge));
  return edges.every(Number.isFinite) && ascending ? edges : null;
}

// Past the limit values are put together, and that is told.
export const pooledNote = (pooled: number | undefined): string =>
  pooled ? `${count(pooled)} further ${pooled === 1 ? "value is" : "values are"} (other)` : "";
