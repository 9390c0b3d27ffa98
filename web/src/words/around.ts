// What lies around one event in people's timelines: what came just before it, and what came just
// after. A timeline that begins or ends with it counts as coming from nowhere and going nowhere.

import type { PathsAnswer } from "../api/shapes";

export interface Neighbour {
  // null is the edge of a timeline: its beginning on the left, its end on the right.
  event: string | null;
  count: number;
}

export interface Around {
  event: string;
  total: number;
  before: Neighbour[];
  after: Neighbour[];
}

export function around(answer: PathsAnswer, event: string): Around {
  const before: Neighbour[] = answer.transitions
    .filter((one) => one.to === event)
    .map((one) => ({ event: one.from, count: one.count }));
  const after: Neighbour[] = answer.transitions
    .filter((one) => one.from === event)
    .map((one) => ({ event: one.to, count: one.count }));
  const starts = answer.starts.find((one) => one.event === event)?.count ?? 0;
  const ends = answer.ends.find((one) => one.event === event)?.count ?? 0;
  if (starts > 0) before.push({ event: null, count: starts });
  if (ends > 0) after.push({ event: null, count: ends });
  const total = before.reduce((sum, one) => sum + one.count, 0);
  return { event, total, before: sorted(before), after: sorted(after) };
}

// The most frequent first; the edge of the timeline last, where a drop-off is looked for.
function sorted(neighbours: Neighbour[]): Neighbour[] {
  return neighbours.sort(
    (one, other) =>
      Number(one.event === null) - Number(other.event === null) || other.count - one.count,
  );
}

// All but the first few as one, so that a picture keeps bands one can see.
export function gather(
  neighbours: Neighbour[],
  shown: number,
): { kept: Neighbour[]; rest: Neighbour[] } {
  const edge = neighbours.filter((one) => one.event === null);
  const named = neighbours.filter((one) => one.event !== null);
  if (named.length <= shown + 1) return { kept: neighbours, rest: [] };
  return { kept: [...named.slice(0, shown), ...edge], rest: named.slice(shown) };
}
