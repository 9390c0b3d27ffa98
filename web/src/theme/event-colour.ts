// The same event has the same colour everywhere: a name's hash picks its hue, and among the most
// frequent names a taken hue passes on to the next free one, so that those that meet in one picture
// can be told apart.

import { eventHues, otherHue, type Scheme } from "./tokens";

export const HUES = eventHues.light.length;

export function assignHues(names: string[]): Map<string, number> {
  const taken = new Set<number>();
  const hues = new Map<string, number>();
  for (const name of names.slice(0, HUES)) {
    let hue = hash(name) % HUES;
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    taken.add(hue);
    hues.set(name, hue);
  }
  return hues;
}

export const hueVariable = (hue: number | undefined): string => `var(--event-${hue ?? "other"})`;

export const hueValue = (hue: number | undefined, scheme: Scheme): string =>
  (hue === undefined ? undefined : eventHues[scheme][hue]) ?? otherHue[scheme];

function hash(text: string): number {
  let sum = 2166136261;
  for (let place = 0; place < text.length; place += 1)
    sum = Math.imul(sum ^ text.charCodeAt(place), 16777619);
  return sum >>> 0;
}

// The values of a property, by their place in an answer: the most frequent first.
export const valueColour = (place: number): string => hueVariable(place < HUES ? place : undefined);
