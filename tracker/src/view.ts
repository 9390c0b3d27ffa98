// How long a page is read, and how far: the time that it is in sight of somebody who does something
// now and then, and the greatest depth to which it was scrolled, from 0 to 1. Both leave as an
// update of the event that stands for the page, at the latest when the page does.

import type { Listen } from "./guard";
import type { Chosen } from "./options";
import type { Sender } from "./sender";

const ACTIVITY = ["scroll", "pointermove", "pointerdown", "keydown"];

export interface View {
  begin(id: string): void;
  // Tells how it stands; `close` when there will be no more.
  tell(close?: boolean): void;
}

export function view(
  options: Chosen,
  { send, box }: Sender,
  listen: Listen,
  again: () => void,
): View {
  let id = "";
  let read = 0;
  let depth = 0;
  let seen = !document.hidden;
  let last = performance.now();
  let active = last;

  const clock = (): void => {
    const now = performance.now();
    if (seen) read += Math.max(0, Math.min(now, active + options.idle_timeout) - last);
    last = now;
  };
  const measure = (): void => {
    const { scrollHeight } = document.documentElement;
    depth = Math.max(depth, Math.min(1, (scrollY + innerHeight) / scrollHeight));
  };
  const tell = (close?: boolean): void => {
    clock();
    if (id) {
      measure();
      const properties = { duration: +(read / 1000).toFixed(1), scroll_depth: +depth.toFixed(2) };
      send("update", { messageId: id, properties, close });
    }
    if (close) id = "";
  };

  for (const name of ACTIVITY) {
    listen(document, name, () => {
      clock();
      active = last;
    });
  }
  listen(document, "scroll", measure);
  listen(document, "visibilitychange", () => {
    if (document.hidden) {
      tell();
      box.leave();
    } else {
      clock();
      box.resume();
      if (options.retrack && last - active > options.idle_timeout) again();
      active = last;
    }
    seen = !document.hidden;
  });
  listen(window, "pagehide", (event) => {
    tell(!(event as PageTransitionEvent).persisted);
    box.leave();
  });
  listen(window, "online", box.resume);
  // Before the server takes it for over, somebody who reads on says so.
  setInterval(() => {
    if (seen && performance.now() < active + options.idle_timeout) tell();
  }, options.idle_timeout * 0.8);

  return {
    begin(next) {
      tell(true);
      id = next;
      read = depth = 0;
      active = last;
    },
    tell,
  };
}
