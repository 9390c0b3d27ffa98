// The picture of paths keeps its sums, whatever it puts together.

import { expect, test } from "vitest";
import { gathered, layOut, type Edge, type Node } from "../src/words/sankey";

const nodes: Node[] = [
  { column: 0, name: "a", size: 10, lost: 2 },
  { column: 1, name: "b", size: 4, lost: 4 },
  { column: 1, name: "c", size: 3, lost: 3 },
  { column: 1, name: "d", size: 1, lost: 1 },
];
const edges: Edge[] = [
  { column: 0, from: "a", toColumn: 1, to: "b", size: 4 },
  { column: 0, from: "a", toColumn: 1, to: "c", size: 3 },
  { column: 0, from: "a", toColumn: 1, to: "d", size: 1 },
];

test("what is put together keeps its size, its losses and its bands", () => {
  const few = gathered(nodes, edges, 1);
  expect(few.nodes.map((node) => [node.name, node.size, node.lost])).toEqual([
    ["a", 10, 2],
    ["b", 4, 4],
    ["2 others", 4, 4],
  ]);
  expect(few.edges.map((edge) => [edge.from, edge.to, edge.size])).toEqual([
    ["a", "b", 4],
    ["a", "2 others", 4],
  ]);
});

test("a node is as high as what leaves it and what is lost in it", () => {
  const { columns, bands } = layOut(nodes, edges, 300);
  const first = columns[0]?.[0];
  const leaves = bands.reduce((sum, band) => sum + band.fromHeight, 0);
  expect(leaves + (first?.lostHeight ?? 0)).toBeCloseTo(first?.height ?? 0);
  // Bands leave one below the other, and what is lost leaves last.
  const ends = bands.map((band) => band.fromTop + band.fromHeight);
  expect(Math.max(...ends)).toBeCloseTo(first?.lostTop ?? 0);
});

test("nothing to show is no picture, not a failure", () => {
  expect(layOut([], [], 300)).toEqual({ columns: [], bands: [] });
});
