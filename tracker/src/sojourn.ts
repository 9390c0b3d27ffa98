// The browser's side of Sojourn, as `window.sojourn`:
//
//   sojourn.init({ key: "…", endpoint: "https://…" })   once; nothing is sent before
//   sojourn.page()                                       a page was seen
//   sojourn.track("Check-in Completed", { mood: 4 })     something was done
//   sojourn.identify("u-17", { plan: "team" })           who did it, from now on and before
//
// It sets no cookie, keeps nothing beyond the page unless asked to, and is silent under Global
// Privacy Control. It never throws: a page does not break because it is measured.

import { forgetIdentity, keepIdentity, readIdentity, type Identity } from "./identity";
import { context, newId, pageFacts, type Message, type Properties } from "./message";
import { Outbox } from "./outbox";

interface Settings {
  key: string;
  endpoint?: string;
  // Keeps the anonymous id in local storage, so that a person is the same on the next visit.
  persist?: boolean;
}

let outbox: Outbox | undefined;
let identity: Identity | undefined;
let persist = false;

function init(settings: Settings): void {
  guarded(() => {
    if (outbox || objects() || !settings.key) return;
    persist = settings.persist === true;
    // A page that no longer opts in clears what it kept when it did.
    if (!persist) forgetIdentity();
    identity = readIdentity(persist);
    if (persist) keepIdentity(identity);
    outbox = new Outbox(settings.key, (settings.endpoint ?? location.origin).replace(/\/+$/, ""));
  });
}

function track(event: string, properties: Properties = {}): void {
  send("track", { event, properties });
}

function page(name?: string, properties: Properties = {}): void {
  send("page", { ...(name ? { name } : {}), properties: { ...pageFacts(), ...properties } });
}

function identify(userId: string, traits: Properties = {}): void {
  guarded(() => {
    if (!outbox || !identity || !userId) return;
    identity.userId = String(userId);
    if (persist) keepIdentity(identity);
    send("identify", { traits });
  });
}

function send(type: Message["type"], content: Partial<Message>): void {
  guarded(() => {
    if (!outbox || !identity || objects()) return;
    outbox.put({
      type,
      messageId: newId(),
      timestamp: new Date().toISOString(),
      ...identity,
      ...content,
      context: context(),
    });
  });
}

// The signal is asked for each message: it may be switched on while the page is open.
function objects(): boolean {
  return (
    (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl === true
  );
}

function guarded(what: () => void): void {
  try {
    what();
  } catch {
    // Measuring failed; the page did not.
  }
}

(window as Window & { sojourn?: object }).sojourn = { init, track, page, identify };
