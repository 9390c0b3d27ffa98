// How long a page is read, and how far: the time that it is in sight of somebody who does something
// now and then, and the greatest depth to which it was scrolled, from 0 to 1.

import type { Properties } from "./message";

const ACTIVITY = ["scroll", "pointermove", "pointerdown", "keydown"];

export interface View {
  begin(id: string): void;
  // Tells how it stands; `close` when there will be no more.
  tell(close?: boolean): void;
  // Whether it is in sight; how long nothing had been done, in ms.
  see(inSight: boolean): number;
}

type Listen = (target: EventTarget, name: string, what: (event: Event) => void) => void;

export function view(
  listen: Listen,
  idle_ms: number,
  update: (id: string, properties: Properties, close?: boolean) => void,
): View {
  let id = "";
  let read = 0;
  let depth = 0;
  let seen = !document.hidden;
  let last = performance.now();
  let active = last;

  const clock = (): void => {
    const now = performance.now();
    if (seen) read += Math.max(0, Math.min(now, active + idle_ms) - last);
    last = now;
  };
  const measure = (): void => {
    const height = document.documentElement.scrollHeight;
    depth = Math.max(depth, Math.min(1, (scrollY + innerHeight) / height));
  };

  for (const name of ACTIVITY) {
    listen(document, name, () => {
      clock();
      active = last;
    });
  }
  listen(document, "scroll", measure);
  const told: View = {
    begin(next) {
      told.tell(true);
      id = next;
      read = depth = 0;
      active = last;
    },
    tell(close) {
      clock();
      if (id) {
        measure();
        const properties = { duration: Math.round(read / 100) / 10, scroll_depth: Math.round(depth * 100) / 100 };
        update(id, properties, close);
      }
      if (close) id = "";
    },
    see(inSight) {
      clock();
      const idle = last - active;
      if (inSight) active = last;
      seen = inSight;
      return idle;
    },
  };
  // Before the server takes it for over, somebody who reads on says so.
  setInterval(() => {
    if (seen && performance.now() < active + idle_ms) told.tell();
  }, idle_ms * 0.8);
  return told;
}
