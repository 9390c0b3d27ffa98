// Who a page speaks of. An anonymous id lives as long as the page, unless the page opts in to keep
// it: then it stands in local storage, never in a cookie, so it is not sent to anyone by itself
// (clause S1-21).

import { read, write } from "./storage";

const KEPT_AS = "sojourn.identity";

export interface Identity {
  anonymousId: string;
  userId?: string;
}

export function keptIdentity(): Identity | undefined {
  try {
    const kept = JSON.parse(read(KEPT_AS)!);
    if (kept.anonymousId) return kept;
  } catch {
    // What is broken is the same as nothing.
  }
  return undefined;
}

export const keepIdentity = (identity: Identity | null): void =>
  write(KEPT_AS, identity && JSON.stringify(identity));
