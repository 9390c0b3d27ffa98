// The page's address: what is recorded of it, and what it brings along: a campaign, values for the
// person or for the page's event, and, from another site of ours, who it is.

import type { Properties } from "./message";
import type { Chosen } from "./options";

export const ARRIVAL = "__sojourn";
// A link that is copied and opened later by somebody else must not make two people one.
const ARRIVAL_MS_MAX = 120_000;

export interface Brought {
  campaign: Properties;
  traits?: Properties;
  properties: Properties;
  anonymousId?: string;
}

// Without the parameters that stay neither in the address bar nor in a record.
function bare(address: string, options: Chosen): URL {
  const url = new URL(address);
  const names = options.hide_campaign ? /^(wv_|woo_|utm_|__sojourn$)/ : /^(wv_|__sojourn$)/;
  for (const name of [...url.searchParams.keys()]) {
    if (names.test(name)) url.searchParams.delete(name);
  }
  return url;
}

// An address as it may be recorded: what stands behind “?” and “#” often names somebody.
export function recorded(address: string, options: Chosen): string {
  if (!address) return address;
  const url = bare(address, options);
  if (options.ignore_query_url) url.search = "";
  if (!options.save_url_hash && options.page_tracking != "hash") url.hash = "";
  return url.href;
}

export function brought(options: Chosen): Brought {
  const found: Brought = { campaign: {}, properties: {} };
  new URLSearchParams(location.search).forEach((value, name) => {
    const [, kind, what = ""] = /^(utm|woo|wv)_(.+)/.exec(name) || [];
    const mapped = options.map_query_params?.[name];
    if (mapped) found.properties[mapped] = value;
    if (kind == "wv") (found.traits ||= {})[what] = value;
    else if (kind) found.campaign[what == "campaign" ? "name" : what] = value;
    if (name == ARRIVAL) {
      const [id, at = ""] = value.split("~");
      if (Math.abs(Date.now() - parseInt(at, 36)) < ARRIVAL_MS_MAX) found.anonymousId = id;
    }
  });
  const { href } = bare(location.href, options);
  if (href != location.href) history.replaceState(history.state, "", href);
  return found;
}
