// Who a page speaks of. An anonymous id lives as long as the page, unless the page opts in to keep
// it: then it stands in local storage, never in a cookie, so it is not sent to anyone by itself
// (clause S1-21).

import { newId } from "./message";

const KEPT_AS = "sojourn.identity";

export interface Identity {
  anonymousId: string;
  userId?: string;
}

export function readIdentity(persist: boolean): Identity {
  if (persist) {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT_AS) || "null");
      if (kept && typeof kept.anonymousId === "string") return kept;
    } catch {
      // Storage that is refused or broken is the same as none.
    }
  }
  return { anonymousId: newId() };
}

export function keepIdentity(identity: Identity): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(identity));
  } catch {
    // The page goes on with what it has in memory.
  }
}

export function forgetIdentity(): void {
  try {
    localStorage.removeItem(KEPT_AS);
  } catch {
    // Nothing was kept where storage is refused.
  }
}
