// The browser script: `window.sojourn`, and the names under which a snippet has held calls until
// now, Woopra's too:
//
//   sojourn.init({ key: "…", project: "shop" })          once; nothing is sent before
//   sojourn.page()                                       a page was seen
//   sojourn.track("Check-in Completed", { mood: 4 })     something was done
//   sojourn.identify("u-17", { plan: "team" })           who did it, from now on and before
//
// It sets no cookie, sends nothing that the policy does not allow yet, and never throws.

import type { interactions } from "./interactions";
import { scripted } from "./script";
import { become } from "./tracker";

type Stubs = Record<string, { _e?: object }>;

const page = window as Window & {
  __sojourn?: Stubs;
  __woo?: Stubs;
  sojourn?: object;
  __interactions?: { interactions: typeof interactions };
};
const own = document.currentScript as HTMLScriptElement;
const stubs: Stubs = { ...page.__woo, ...page.__sojourn };
const sojourn = (stub: object): object =>
  become(stub, new URL(own.src).origin, (endpoint, then) =>
    scripted(endpoint + "/interactions.js", () => then(page.__interactions!.interactions)),
  );
for (const name in stubs) if (stubs[name]!._e) sojourn(stubs[name]!);
page.sojourn ||= sojourn({});
