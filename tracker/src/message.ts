// The messages a page sends, in Segment's form, with one of ours: an `update` changes an event that
// is still open.

import type { Properties } from "./types";

export type { Properties };

export interface Message {
  type: "track" | "page" | "identify" | "group" | "update";
  messageId: string;
  timestamp: string;
  anonymousId?: string;
  userId?: string;
  groupId?: string;
  event?: string;
  name?: string;
  properties?: Properties;
  traits?: Properties;
  // For how many ms the event can be changed; an update begins them anew, or closes it.
  openFor?: number;
  close?: boolean;
  context: Properties;
}

// Only a secure page has `randomUUID`; random values are everywhere.
export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
