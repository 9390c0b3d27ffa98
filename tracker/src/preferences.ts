// The preference centre's own script. The page already says everything; this fills in what stands,
// and tells the server of each change. Who comes from another site brings what is kept there behind
// the hash, and takes the change back with them.

import {
  answer,
  ask,
  decide,
  HONOURED,
  keep,
  load,
  nothingSaid,
  readKept,
  stoppedBy,
  type Kept,
  type Offer,
  type Signal,
} from "./choices";

const base = new URL(".", location.href).href;
const brought = readKept(decoded(location.hash.slice(1)));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

const byId = <T extends HTMLElement>(id: string): T | null => document.querySelector<T>(`#${id}`);
const boxes = [...document.querySelectorAll<HTMLInputElement>("input[data-purpose]")];

async function start(): Promise<void> {
  const offer = await ask(base);
  if (!offer) return;
  let kept = brought ?? load(offer.project) ?? nothingSaid();
  fill(offer, kept);

  const change = async (wanted: Record<string, boolean>): Promise<void> => {
    const newly = await decide(base, offer, kept, wanted, "preferences");
    if (newly) {
      kept = newly;
      hand(offer, kept);
    }
    fill(offer, kept);
    const failed = "This could not be kept. Load the page again, and try once more.";
    say(newly ? "Your choice is kept, and holds from now on." : failed);
  };
  const all = (allowed: boolean) => () =>
    change(Object.fromEntries(offer.choices.map((one) => [one.name, allowed])));
  for (const box of boxes) {
    box.addEventListener("change", () => void change({ [box.dataset.purpose!]: box.checked }));
  }
  byId("refuse")?.addEventListener("click", all(false));
  byId("accept")?.addEventListener("click", all(true));
  byId("save")?.addEventListener("click", () => save(kept));
}

function say(what: string): void {
  const told = byId("told");
  if (told) told.textContent = what;
}

function fill(offer: Offer, kept: Kept): void {
  const signals = new Set(offer.choices.map(stoppedBy));
  for (const one of document.querySelectorAll<HTMLElement>("[data-signal]")) {
    one.hidden = !signals.has(one.dataset.signal as Signal);
  }
  for (const choice of offer.choices) {
    const box = boxes.find((one) => one.dataset.purpose === choice.name);
    const now = [...document.querySelectorAll<HTMLElement>("[data-state]")].find(
      (one) => one.dataset.state === choice.name,
    );
    if (!box || !now) continue;
    const allowed = answer(choice, kept);
    box.checked = allowed === true;
    box.disabled = stoppedBy(choice) !== undefined;
    now.textContent = told(allowed, choice.asks, stoppedBy(choice));
  }
  for (const id of ["refuse", "accept"]) byId<HTMLButtonElement>(id)?.removeAttribute("disabled");
  receipt(kept);
}

function told(allowed: boolean | null, asks: boolean, signal?: Signal): string {
  if (signal) return `off: your browser’s ${HONOURED[signal]} is honoured`;
  if (allowed === null) return "not allowed: you have not said yes";
  if (asks) return allowed ? "allowed: you said yes" : "not allowed: you said no";
  return allowed ? "done: you have not objected" : "not done: you objected";
}

function receipt(kept: Kept): void {
  const said = byId("receipt-told");
  if (!kept.receipt || !said) return;
  const { record, at_ms, notice } = kept.receipt;
  const when = new Date(at_ms).toLocaleString(undefined, { timeZoneName: "short" });
  said.textContent = `Record ${record}, of ${when}, by version ${notice.version} of the policy.`;
  byId("save")?.removeAttribute("disabled");
}

// What came from elsewhere goes back there, and nowhere else.
function hand(offer: Offer, kept: Kept): void {
  if (!brought) {
    keep(offer.project, kept);
    return;
  }
  history.replaceState(null, "", `#${encodeURIComponent(JSON.stringify({ ...kept, site: brought.site }))}`);
  try {
    (window.opener as Window | null)?.postMessage(JSON.stringify(kept), brought.site ?? "/");
  } catch {
    // No page that could be told.
  }
}

function save(kept: Kept): void {
  if (!kept.receipt) return;
  const text = JSON.stringify({ anonymous_id: kept.anonymousId, ...kept.receipt }, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `consent-${kept.receipt.record}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

void start();
