// Pages within one page: another one is seen whenever the recorded address becomes another.

import { recorded } from "./address";
import type { Guard, Listen } from "./guard";
import type { Chosen } from "./options";

export function route(
  options: Chosen,
  guarded: Guard,
  listen: Listen,
  left: () => void,
  arrived: (from: string) => void,
): void {
  let at = recorded(location.href, options);
  const moved = guarded(() => {
    const from = at;
    at = recorded(location.href, options);
    if (at == from) return;
    // How the last page was read is measured while it still stands there; the next one has its
    // title only when the site has put it up.
    left();
    setTimeout(guarded(() => arrived(from)));
  });
  for (const name of ["pushState", "replaceState"] as const) {
    const own = history[name];
    history[name] = function (...given) {
      own.apply(this, given);
      moved();
    };
  }
  listen(window, "popstate", moved);
}
