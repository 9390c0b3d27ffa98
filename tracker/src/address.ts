// The page's address: what is recorded of it, and what it brings along: a campaign, values for the
// person or for events, and, from another site of ours, who it is.

import type { Properties } from "./message";
import type { Chosen } from "./options";

const ARRIVAL = "__sojourn";
// A link that is copied and opened later by somebody else must not make two people one.
const ARRIVAL_MS_MAX = 120_000;

export interface Brought {
  campaign: Properties;
  traits: Properties;
  properties: Properties;
  anonymousId?: string;
}

// An address as it may be recorded: what stands behind “?” and “#” often names somebody.
export function recorded(address: string, options: Chosen): string {
  if (!address) return address;
  const url = new URL(address, location.href);
  if (options.ignore_query_url) url.search = "";
  else without(url, options.hide_campaign ? /^(wv|woo|utm)_/ : /^wv_/);
  if (!options.save_url_hash && options.page_tracking !== "hash") url.hash = "";
  return url.href;
}

// What the address brings; what must not stay in it is taken out of the address bar.
export function brought(options: Chosen): Brought {
  const url = new URL(location.href);
  const found: Brought = { campaign: {}, traits: {}, properties: {} };
  for (const [name, value] of url.searchParams) {
    const [, kind, what] = /^(utm|woo|wv)_(.+)/.exec(name) || [];
    const mapped = options.map_query_params?.[name];
    if (mapped) found.properties[mapped] = value;
    if (kind == "wv") found.traits[what!] = value;
    else if (kind) found.campaign[what == "campaign" ? "name" : what!] = value;
    if (name == ARRIVAL) {
      const [id, at] = value.split("~");
      const age = Date.now() - parseInt(at!, 36);
      if (Math.abs(age) < ARRIVAL_MS_MAX) found.anonymousId = id;
    }
  }
  if (without(url, options.hide_campaign ? /^((wv|woo|utm)_|__sojourn$)/ : /^__sojourn$/)) {
    history.replaceState(history.state, "", url.href);
  }
  return found;
}

// Takes parameters out; whether there were any.
function without(url: URL, names: RegExp): boolean {
  const gone = [...url.searchParams.keys()].filter((name) => names.test(name));
  for (const name of gone) url.searchParams.delete(name);
  return gone.length > 0;
}

export const isListed = (host: string, options: Chosen): boolean =>
  ([] as string[]).concat(options.cross_domain || []).some((one) => host == one || host.endsWith("." + one));

export function decorated(address: string, anonymousId: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set(ARRIVAL, anonymousId + "~" + Date.now().toString(36));
  return url.href;
}
