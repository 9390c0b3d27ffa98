// The banner: says what is asked, and takes one click for yes as for no. It stands in a shadow, so
// the site's style does not bend it, and no inline style is needed, so the site's security policy
// does not break it.

import { answer, HONOURED, stoppedBy, type Choice, type Kept, type Offer, type Signal } from "./choices";
import { LOOK } from "./look";

export interface Banner {
  offer: Offer;
  kept: Kept;
  // All choices with what stands, and not only what has to be asked.
  whole: boolean;
  notice: string;
  preferences: string;
  // What happened before, if it needs to be told.
  news: string;
  // Whether the decision was taken down.
  onDecide(wanted: Record<string, boolean>): Promise<boolean>;
}

let close: () => void = () => {};

type Attributes = Record<string, string | boolean>;

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...content);
  return element;
}

export function show(banner: Banner): void {
  close();
  const before = document.activeElement;
  const host = document.createElement("sojourn-consent");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  shadow.adoptedStyleSheets = [sheet];
  const dialog = dialogOf(banner, () => close());
  dialog.addEventListener("keydown", (event) => {
    // Nothing is decided by going away; the next page asks again.
    if (event.key === "Escape") close();
  });
  shadow.append(dialog);
  document.body.append(host);
  dialog.focus();
  close = () => {
    const held = host.contains(document.activeElement);
    host.remove();
    close = () => {};
    if (held && before instanceof HTMLElement) before.focus();
  };
}

function dialogOf(banner: Banner, leave: () => void): HTMLElement {
  const { offer, kept, whole } = banner;
  const shown = offer.choices.filter((one) => whole || one.asks);
  const boxes = new Map<string, HTMLInputElement>();
  const list = make("div", { hidden: !whole }, ...shown.map((one) => choiceOf(one, kept, boxes)));
  const told = make("p", { role: "status", "aria-live": "polite" }, banner.news);
  const decide = async (allowed: (box: HTMLInputElement) => boolean) => {
    const wanted = [...boxes].map(([name, box]) => [name, allowed(box)]);
    if (await banner.onDecide(Object.fromEntries(wanted))) leave();
    else told.textContent = "This could not be kept. Please try again.";
  };
  const choose = button("Choose", () => {
    list.hidden = false;
    choose.replaceWith(save);
    (list.querySelector<HTMLElement>("input:enabled") ?? save).focus();
  }, "wide");
  const save = button("Keep my choice", () => decide((box) => box.checked), "wide");
  const stopped = shown.filter(stoppedBy);
  return make(
    "section",
    {
      role: "dialog",
      lang: "en",
      tabindex: "-1",
      "aria-labelledby": "title",
      "aria-describedby": "lead",
    },
    make("h2", { id: "title" }, "Your choice"),
    make("p", { id: "lead" }, lead(banner, shown)),
    ...[...new Set(stopped.map(stoppedBy))].map((signal) => honoured(signal!, stopped)),
    list,
    told,
    make(
      "div",
      { class: "acts" },
      button("Refuse all", () => decide(() => false)),
      button("Accept all", () => decide(() => true)),
      whole ? save : choose,
      ...(whole ? [button("Close", leave, "wide")] : []),
    ),
    make("p", {}, link("Privacy notice", banner.notice), link("All choices", banner.preferences)),
  );
}

function lead(banner: Banner, shown: Choice[]): string {
  const { organisation } = banner.offer;
  if (banner.whole) return `What ${organisation} may do with data about you.`;
  const titles = shown.filter((one) => !stoppedBy(one)).map((one) => one.title.toLowerCase());
  const last = titles.pop();
  const what = titles.length > 0 ? `${titles.join(", ")} and ${last}` : last;
  return `May ${organisation} use data about you for ${what}? You may say no, and change your mind at any time.`;
}

function honoured(signal: Signal, stopped: Choice[]): HTMLElement {
  const off = stopped.filter((one) => stoppedBy(one) === signal).map((one) => one.title);
  return make(
    "p",
    { class: "signal" },
    `Your browser’s ${HONOURED[signal]} is honoured. Off: ${off.join(", ")}.`,
  );
}

function choiceOf(
  choice: Choice,
  kept: Kept,
  boxes: Map<string, HTMLInputElement>,
): HTMLElement {
  const { name, title, what, categories, recipients, cookies } = choice;
  const stopped = stoppedBy(choice);
  const attributes = { type: "checkbox", disabled: !!stopped, "aria-describedby": `of-${name}` };
  const box = make("input", attributes);
  box.checked = answer(choice, kept) === true;
  if (!stopped) boxes.set(name, box);
  return make(
    "div",
    { class: "choice" },
    make("label", {}, box, title),
    make("div", { id: `of-${name}` }, what),
    make(
      "details",
      {},
      make("summary", {}, "Details"),
      lines("Data", categories),
      lines("Given to", recipients),
      lines("Kept in your browser", cookies.map((one) => `${one.name}, for ${one.keep}`)),
    ),
  );
}

function lines(title: string, said: string[]): HTMLElement {
  const all = said.length > 0 ? said : ["none"];
  return make("div", {}, `${title}:`, make("ul", {}, ...all.map((one) => make("li", {}, one))));
}

function button(title: string, onClick: () => void, class_ = ""): HTMLButtonElement {
  const made = make("button", { type: "button", class: class_ }, title);
  made.addEventListener("click", onClick);
  return made;
}

function link(title: string, href: string): HTMLElement {
  // The preference centre tells its opener what was decided there.
  return make("a", { href, target: "_blank", rel: "opener" }, title);
}
