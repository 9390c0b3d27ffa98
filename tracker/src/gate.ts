// What may be sent just now, and how. Where the page has the consent file, or names its project, what
// the policy in force allows decides; until that has been read, nothing leaves. Elsewhere the page
// answers for it by calling us, and Global Privacy Control means no.

import type { Chosen } from "./options";
import { read, write } from "./storage";
import type { States } from "./types";

const OFF = "sojourn.off";

// Sent with the id, sent without any, not yet, not at all.
export type Gate = "open" | "counting" | "waiting" | "shut";

interface ConsentFile {
  set(purposes: Record<string, boolean>): Promise<boolean>;
  on(listener: (states: States) => void): void;
  anonymousId(): string;
}

export interface Will {
  gate(): Gate;
  states(): States;
  set(purposes: string[], allowed: boolean): Promise<boolean>;
  optOut(out: boolean): void;
  anonymousId(): string | undefined;
}

export function will(options: Chosen, changed: () => void): Will {
  const { project, endpoint } = options;
  let states: States | undefined;
  let file: ConsentFile | undefined;
  let out = read(OFF) !== null;

  const ready = new Promise<void>((resolve) => {
    const found = (): void => {
      file = (window as Window & { sojournConsent?: ConsentFile }).sojournConsent;
      file?.on((told) => {
        states = told;
        changed();
      });
      resolve();
    };
    let script = document.querySelector<HTMLScriptElement>('script[src$="/consent.js"]');
    if (!script && project) {
      script = document.createElement("script");
      script.src = endpoint + "/consent.js";
      script.dataset.project = project;
      if (options.banner === false) script.dataset.quiet = "";
      document.head.append(script);
    }
    if (!script) states = {};
    if (!script || "sojournConsent" in window) found();
    else script.onload = found;
  });

  const may = (purpose: string): boolean | null => {
    const said = states![purpose];
    return said === undefined ? true : said;
  };

  return {
    gate() {
      const { purpose, cookieless } = options;
      const own = navigator as Navigator & { globalPrivacyControl?: boolean };
      if (out || (!file && own.globalPrivacyControl)) return "shut";
      if (!states) return "waiting";
      if (may(purpose)) return cookieless === true ? "counting" : "open";
      if (typeof cookieless == "string" && may(cookieless)) return "counting";
      return may(purpose) === null ? "waiting" : "shut";
    },
    states: () => ({ ...states }),
    async set(purposes, allowed) {
      const wanted: Record<string, boolean> = {};
      for (const purpose of purposes[0] ? purposes : [options.purpose]) wanted[purpose] = allowed;
      await ready;
      if (file) return file.set(wanted);
      states = { ...states, ...wanted };
      changed();
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
