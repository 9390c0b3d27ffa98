// One tracker, under a name of its own: its options, its beginning, and all that a page can call.

import { calls, pairs, type Given } from "./calls";
import { guard, listener } from "./guard";
import type { interactions } from "./interactions";
import { DEFAULTS, type Chosen } from "./options";
import { sender } from "./sender";
import type { Sojourn } from "./types";
import { view } from "./view";

type Stub = Record<string, unknown> & { errors: number; _e?: [name: string, ...given: Given][] };
type Interactions = ReturnType<typeof interactions>;
// Brings the file that looks at clicks and forms.
export type Load = (endpoint: string, then: (found: typeof interactions) => void) => void;

const MARKED = "[data-sojourn],[data-woopra]";

// Makes an object a tracker, such as the one that has held calls until now.
export function become(stub: object, endpoint: string, load: Load): Sojourn {
  const api = stub as Stub;
  const options = { ...DEFAULTS, endpoint } as Chosen;
  const guarded = guard(api);
  const listen = listener(guarded);
  const sending = sender(options, api, guarded);
  const { will } = sending;
  const reading = view(options, sending, listen, () => page({ returning: true }));
  const telling = calls(options, sending, reading, guarded);
  const { track, page, identify } = telling;
  let begun: unknown;
  let loading: Promise<void> | undefined;
  let found: Interactions | undefined;

  function config(name: unknown, value?: unknown): unknown {
    if (typeof name == "string" && value === undefined) return options[name];
    Object.assign(options, pairs(name, value));
    // What else is configured in the same breath counts, too.
    if (options.key) begun ||= Promise.resolve().then(guarded(begin));
    return undefined;
  }

  function begin(): void {
    options.endpoint = options.endpoint.replace(/\/+$/, "");
    if (options.use_cookies === false) options.cookieless = true;
    will.begin();
    const { page_tracking, outgoing_tracking, download_tracking, click_tracking } = options;
    if (page_tracking) page();
    if (
      page_tracking ||
      outgoing_tracking ||
      download_tracking ||
      click_tracking ||
      options.cross_domain
    ) {
      interacting();
    }
    options.initialized?.();
  }

  function interacting(what?: () => void): void {
    loading ||= new Promise((resolve) =>
      load(options.endpoint, (interactions) => {
        const arrive = (from: string): void => {
          sending.arrive(from);
          page();
        };
        const leave = (): void => reading.tell(true);
        found = interactions(options, { track, identify, leave, arrive }, sending, guarded);
        resolve();
      }),
    );
    void loading.then(what && guarded(what));
  }

  const nothing = (): void => {};

  const later = (name: "trackClick" | "trackForm") => (...given: Given) =>
    interacting(() => found![name](...(given as [])));

  const own: Record<string, (...given: Given) => unknown> = {
    config,
    init: config,
    call: (name: string, ...given) => own[name]!(...given),
    ...telling,
    trackClick: later("trackClick"),
    trackForm: later("trackForm"),
    optOut: () => will.optOut(true),
    optIn: () => will.optOut(false),
    reset: () => sending.become(),
    decorate: (url: string) => found?.decorate(url) ?? url,
    // Woopra's, for which nothing is left to do.
    ping: nothing,
    startPing: nothing,
    stopPing: nothing,
    dispose: nothing,
  };
  for (const name in own) {
    const call = guarded(own[name]!);
    api[name] = (...given: Given) => call(...given) ?? api;
  }
  api.errors = 0;
  api.anonymousId = guarded(sending.anonymousId);
  api.consent = {
    grant: (...purposes: string[]) => will.set(purposes, true),
    withdraw: (...purposes: string[]) => will.set(purposes, false),
    state: () => will.states(),
  };
  // The first click on what carries an attribute is told when the file has come.
  listen(document, "click", (event) => {
    if (begun && !loading && (event.target as Element).closest(MARKED)) {
      interacting(() => found!.clicked(event));
    }
  });
  // Options first, wherever they stood: a page may track before it configures.
  const held = api._e || [];
  // The file may stand on a page twice.
  delete api._e;
  for (const isLate of [false, true]) {
    for (const [name, ...given] of held) {
      const call = api[name] as (...given: Given) => unknown;
      if (isLate == !/^(config|init)$/.test(name)) call(...given);
    }
  }
  return stub as Sojourn;
}
