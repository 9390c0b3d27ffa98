// One tracker: what a page calls, what happens on it, and the messages that come of both. All of it
// is guarded, for a page does not break because it is measured.

import { brought, decorated, isListed, recorded, type Brought } from "./address";
import { described, fields, meant } from "./elements";
import { will, type Will } from "./gate";
import { keepIdentity, keptIdentity, newIdentity, type Identity } from "./identity";
import { newId, type Message, type Properties } from "./message";
import { DEFAULTS, type Chosen, type Options } from "./options";
import { outbox, type Done, type Outbox } from "./outbox";
import type { Action, ClickOptions, FormOptions, Sojourn, TrackOptions } from "./types";
import { view, type View } from "./view";

const WAITING_MAX = 100;
const VERSION = "0.1.0";
const NAMED = "[data-sojourn],[data-woopra]";
// Calls of Woopra's that nothing is left to do for.
const NEEDLESS = ["ping", "startPing", "stopPing", "sendBeacons", "undecorate", "dispose"];

type Calls = Record<string, (...given: any[]) => unknown>;

// Makes an object, such as the one that held calls until now, a tracker; gives back its calls.
export function become(api: Sojourn & Calls, origin: string): Sojourn {
  const options = { ...DEFAULTS, endpoint: origin } as Chosen;
  // What waits for the gate: not yet in anybody's name.
  let waiting: [message: Message, done?: Done][] = [];
  let pending: Properties = {};
  let organisation: Properties = {};
  let ofVisit: Properties = {};
  let userId: string | undefined;
  let who: Identity | undefined;
  let before = document.referrer;
  let came: Brought = { campaign: {}, traits: {}, properties: {} };
  let consent: Will | undefined;
  let box: Outbox | undefined;
  let reading: View | undefined;
  const clicks: ((place: Element, event: Event) => void)[] = [];
  const forms: ((form: HTMLFormElement, event: Event) => void)[] = [];

  const guarded =
    <Given extends unknown[], Result>(what: (...given: Given) => Result) =>
    (...given: Given): Result | undefined => {
      try {
        return what(...given);
      } catch {
        api.errors++;
        return undefined;
      }
    };
  const listen = (target: EventTarget, name: string, what: (event: Event) => void): void =>
    target.addEventListener(name, guarded(what), { capture: true, passive: name == "scroll" });

  const gate = () => (consent ? consent.gate() : "waiting");
  const mayKeep = (): boolean => options.persist === true && gate() == "open";

  function start(): void {
    if (consent || !options.key) return;
    if (options.use_cookies === false) options.cookieless = true;
    options.endpoint = options.endpoint.replace(/\/+$/, "");
    box = outbox(options.key, options.endpoint, mayKeep);
    came = brought(options);
    pending = { ...came.traits, ...pending };
    reading = view(listen, options.idle_timeout, (id, properties, close) => update(id, properties, close));
    consent = will(options, guarded(settle));
    settle();
    watch();
    if (options.page_tracking) follow();
  }
