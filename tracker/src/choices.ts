// What a person may decide, as the server tells it from the policy, and what they decided, as this
// browser keeps it. Nothing is kept before they act.

import { newId } from "./message";
import { read, write } from "./storage";

export type State = "given" | "refused" | "withdrawn" | "objected";
export type Signal = "gpc" | "dnt";
export type How = "banner" | "preferences";

export interface Choice {
  name: string;
  title: string;
  what: string;
  // Nothing is done without consent; otherwise it is done until they object.
  asks: boolean;
  categories: string[];
  recipients: string[];
  cookies: { name: string; keep: string; set_by: string }[];
  stopped_by: Signal[];
  asked_again_ms: number | null;
}

export interface Offer {
  project: string;
  organisation: string;
  version: string;
  sha256: string;
  country: string;
  choices: Choice[];
}

export interface Receipt {
  record: string;
  notice: { version: string };
  // What was taken down: less than was sent where only the server heard the browser's signal.
  purposes: Record<string, State>;
  at_ms: number;
  until_ms: number | null;
}

export interface Kept {
  anonymousId: string;
  said: Record<string, { state: State; at_ms: number; until_ms: number | null }>;
  receipt?: Receipt;
  // Where it is kept, while another page changes it.
  site?: string;
}

export type States = Record<string, boolean | null>;

export const HONOURED = { gpc: "Global Privacy Control", dnt: "Do Not Track" };

export function nothingSaid(anonymousId?: string): Kept {
  return { anonymousId: anonymousId || newId(), said: {} };
}

// What was kept or handed over may be anything; only what has our form counts.
export function readKept(text: string | null): Kept | undefined {
  try {
    const kept = JSON.parse(text || "");
    const right = typeof kept.anonymousId === "string" && typeof kept.said === "object" && kept.said;
    if (right) return kept;
  } catch {
    // The same as nothing.
  }
  return undefined;
}

export const keptAs = (project: string): string => `sojourn.consent.${project}`;

export const load = (project: string): Kept | undefined => readKept(read(keptAs(project)));

export const keep = (project: string, kept: Kept): void =>
  write(keptAs(project), JSON.stringify(kept));

// The signal of this browser that stops a purpose.
export function stoppedBy(choice: Choice): Signal | undefined {
  const own = navigator as Navigator & { globalPrivacyControl?: boolean };
  const sent = { gpc: own.globalPrivacyControl === true, dnt: own.doNotTrack === "1" };
  return choice.stopped_by.find((signal) => sent[signal]);
}

// Whether a purpose is allowed: null where the person has to be asked, for the first time or again.
export function answer(choice: Choice, kept: Kept): boolean | null {
  if (stoppedBy(choice)) return false;
  const said = kept.said[choice.name];
  if (!choice.asks) return said?.state !== "objected";
  if (!said) return null;
  const ended = said.until_ms !== null && Date.now() >= said.until_ms;
  if (said.state !== "given") return ended ? null : false;
  return ended || said.at_ms < (choice.asked_again_ms ?? 0) ? null : true;
}

export function states(offer: Offer, kept: Kept): States {
  return Object.fromEntries(offer.choices.map((one) => [one.name, answer(one, kept)]));
}

// Null where there is nothing to ask, as under a draft; undefined where it could not be found out.
export async function ask(base: string, fresh = false): Promise<Offer | null | undefined> {
  try {
    const told = await fetch(`${base}consent.json`, { cache: fresh ? "reload" : "default" });
    return told.ok ? await told.json() : told.status == 404 ? null : undefined;
  } catch {
    return undefined;
  }
}

// Tells the server, and gives back what is now to be kept; undefined where it was not taken down.
export async function decide(
  base: string,
  offer: Offer,
  kept: Kept,
  wanted: Record<string, boolean>,
  how: How,
): Promise<Kept | undefined> {
  const purposes: Record<string, State> = {};
  for (const choice of offer.choices) {
    const wants = wanted[choice.name];
    if (wants === undefined || stoppedBy(choice)) continue;
    const before = kept.said[choice.name]?.state;
    if (wants && (choice.asks || before)) purposes[choice.name] = "given";
    if (!wants && !choice.asks) purposes[choice.name] = "objected";
    if (!wants && choice.asks) {
      purposes[choice.name] = before === "given" || before === "withdrawn" ? "withdrawn" : "refused";
    }
  }
  if (Object.keys(purposes).length === 0) return kept;
  const body = { anonymous_id: kept.anonymousId, purposes, how, sha256: offer.sha256 };
  try {
    // A plain text body is what a page may send elsewhere without asking first.
    const headers = { "Content-Type": "text/plain" };
    const request = { method: "POST", body: JSON.stringify(body), headers };
    const told = await fetch(`${base}consents`, request);
    if (!told.ok) return undefined;
    const receipt: Receipt = await told.json();
    const { at_ms, until_ms, purposes: taken } = receipt;
    const said = { ...kept.said };
    for (const name in taken) said[name] = { state: taken[name]!, at_ms, until_ms };
    return { anonymousId: kept.anonymousId, said, receipt };
  } catch {
    return undefined;
  }
}
