// Consent on any site, as `window.sojournConsent`:
//
//   <script src="https://…/consent.js" data-project="shop" defer></script>
//
// It asks only when something has to be asked, keeps what was decided under one key of local
// storage, and sets no cookie. Like the browser script it never breaks the page.

import { show } from "./banner";
import {
  ask as askServer,
  decide,
  keep,
  keptAs,
  load,
  nothingSaid,
  readKept,
  states,
  type How,
  type Kept,
  type Offer,
  type States,
} from "./choices";
import { keptIdentity } from "./identity";

const script = document.currentScript as HTMLScriptElement;
const project = script.dataset.project ?? "";
const base = new URL(`p/${encodeURIComponent(project)}/`, script.src).href;
const listeners = new Set<(states: States) => void>();

let kept = load(project) ?? nothingSaid(keptIdentity()?.anonymousId);
// Null where nobody is asked.
let offer: Offer | null | undefined;

const state = (): States => (offer ? states(offer, kept) : {});

function tell(): void {
  for (const listener of listeners) {
    try {
      listener(state());
    } catch {
      // What the site does with it is not our failure.
    }
  }
}

function take(newly: Kept): void {
  kept = newly;
  tell();
}

async function taken(wanted: Record<string, boolean>, how: How): Promise<boolean> {
  if (!offer) return false;
  const newly = await decide(base, offer, kept, wanted, how);
  if (newly) {
    keep(project, newly);
    take(newly);
  } else {
    // A new version may have come meanwhile, which wants to be read before it is decided on.
    const fresh = await askServer(base, true);
    if (fresh && fresh.sha256 !== offer.sha256) {
      offer = fresh;
      put(how === "preferences", "The policy has changed meanwhile. Please look again.");
    }
  }
  return newly !== undefined;
}

function put(whole: boolean, news = ""): void {
  if (!offer) return;
  show({
    offer,
    kept,
    whole,
    news,
    notice: `${base}privacy`,
    // Behind the hash it goes to no server: what stands here is changed there, and told back.
    preferences: `${base}preferences#${encodeURIComponent(JSON.stringify({ ...kept, site: location.origin }))}`,
    onDecide: (wanted) => taken(wanted, whole ? "preferences" : "banner"),
  });
}

async function ask(): Promise<void> {
  await ready;
  if (Object.values(state()).includes(null)) put(false);
}

async function open(): Promise<void> {
  await ready;
  put(true);
}

async function set(purposes: Record<string, boolean>): Promise<boolean> {
  await ready;
  return taken(purposes, "preferences");
}

function on(listener: (states: States) => void): () => void {
  listeners.add(listener);
  if (offer !== undefined) listener(state());
  return () => listeners.delete(listener);
}

const ready = askServer(base).then((told) => {
  offer = told;
  if (told !== undefined) tell();
});

addEventListener("message", (event) => {
  const told = event.origin === new URL(base).origin ? readKept(String(event.data)) : undefined;
  if (told?.anonymousId !== kept.anonymousId || !told) return;
  keep(project, told);
  take(told);
});
addEventListener("storage", (event) => {
  const told = event.key === keptAs(project) ? readKept(event.newValue) : undefined;
  if (told) take(told);
});

(window as Window & { sojournConsent?: object }).sojournConsent = {
  ask,
  open,
  state,
  set,
  on,
  anonymousId: (): string => kept.anonymousId,
};

// A site with controls of its own, or a tracker that only wants to know, keeps it quiet.
if (script.dataset.banner !== "false") void ask();
