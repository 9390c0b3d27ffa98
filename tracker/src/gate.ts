// What may be sent just now, and how. Where the page has the consent file, or names its project,
// what the policy in force allows decides; until that has been read, nothing leaves. Elsewhere the
// page answers for it by calling us, and Global Privacy Control means no.

import type { Chosen } from "./options";
import { scripted } from "./script";
import { read, write } from "./storage";
import type { States } from "./types";

const OFF = "sojourn.off";

// How messages leave: with the id, without any, not yet, not at all.
export const enum Gate {
  Open,
  Counting,
  Waiting,
  Shut,
}

interface ConsentFile {
  set(purposes: Record<string, boolean>): Promise<boolean>;
  on(listener: (states: States) => void): void;
  anonymousId(): string;
}

export interface Will {
  begin(): void;
  gate(): Gate;
  states(): States;
  set(purposes: string[], allowed: boolean): Promise<boolean>;
  optOut(out: boolean): void;
  anonymousId(): string | undefined;
}

export function will(options: Chosen, changed: () => void): Will {
  let states: States | undefined;
  let file: ConsentFile | undefined;
  let out = !!read(OFF);
  let begun: () => void;
  const ready = new Promise<void>((resolve) => (begun = resolve));

  const take = (told: States): void => {
    states = told;
    changed();
  };
  const found = (): void => {
    file = (window as Window & { sojournConsent?: ConsentFile }).sojournConsent;
    if (file) file.on(take);
    else take({});
    begun();
  };
  const may = (purpose: string): boolean | null => {
    const said = states![purpose];
    return said === undefined || said;
  };

  return {
    begin() {
      const { project, endpoint, banner } = options;
      const there = document.querySelector('script[src$="/consent.js"]');
      if ("sojournConsent" in window || !(there || project)) found();
      else if (there) there.addEventListener("load", found);
      else scripted(endpoint + "/consent.js", found, { project, banner });
    },
    gate() {
      const { purpose, cookieless } = options;
      const own = navigator as Navigator & { globalPrivacyControl?: boolean };
      if (out) return Gate.Shut;
      if (!states) return Gate.Waiting;
      if (!file && own.globalPrivacyControl) return Gate.Shut;
      if (may(purpose)) return cookieless === true ? Gate.Counting : Gate.Open;
      if (typeof cookieless == "string" && may(cookieless)) return Gate.Counting;
      return may(purpose) === null ? Gate.Waiting : Gate.Shut;
    },
    states: () => ({ ...states }),
    async set(purposes, allowed) {
      const wanted: Record<string, boolean> = {};
      for (const purpose of purposes[0] ? purposes : [options.purpose]) wanted[purpose] = allowed;
      await ready;
      if (file) return file.set(wanted);
      take({ ...states, ...wanted });
      return true;
    },
    optOut(wanted) {
      out = wanted;
      write(OFF, out ? "1" : null);
      changed();
    },
    anonymousId: () => file?.anonymousId(),
  };
}
