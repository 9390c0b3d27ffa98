// What a page can choose: Woopra's options under their names, and ours. Where a default of Woopra's
// would not be lawful before somebody agreed, or would tell more than is needed, ours differs:
// docs/reference/tracker.md has the table.

import type { Action, Properties } from "./types";

export interface Options {
  /** The project's write key; nothing is sent before it is known. */
  key?: string;
  /** Where the server is: by default, where the script came from. */
  endpoint?: string;
  /** The project, by name: what its policy allows is read, and kept to. */
  project?: string;
  /** The purpose that messages serve: `analytics` unless said. */
  purpose?: string;
  /** Whether the banner comes up by itself where the policy has something to ask. */
  banner?: boolean;
  /** Keeps the anonymous id, and what could not be sent, in local storage. */
  persist?: boolean;
  /** Sends without any id; or, by the name of a purpose, does so while `purpose` is not allowed. */
  cookieless?: boolean | string;
  /** `false` is Woopra's word for `cookieless: true`. */
  use_cookies?: boolean;
  /** How long an event can be changed, and how long somebody idle counts as reading, in ms. */
  idle_timeout?: number;
  /** Counts the page again when somebody comes back to it after `idle_timeout`. */
  retrack?: boolean;
  /** Counts each page, and each change of the address within one; with `"hash"` that after # too. */
  page_tracking?: boolean | "hash";
  outgoing_tracking?: boolean;
  outgoing_ignore_subdomain?: boolean;
  download_tracking?: boolean;
  download_extensions?: string[];
  click_tracking?: boolean;
  click_tracking_matcher_selectors?: string[];
  hide_campaign?: boolean;
  campaign_once?: boolean;
  ignore_query_url?: boolean;
  save_url_hash?: boolean;
  map_query_params?: Record<string, string>;
  cross_domain?: false | string | string[];
  /** The name of what sends, as the source of its events. */
  app?: string;
  context?: Properties;
  augment_action?: (properties: Properties, name: string) => Properties | void;
  initialized?: () => void;
  onBeforeSend?: (action: Action) => void;
  [other: string]: unknown;
}

export const DEFAULTS = {
  purpose: "analytics",
  idle_timeout: 300_000,
  outgoing_ignore_subdomain: true,
  download_extensions:
    "avi css dmg doc eps exe js m4v mov mp3 mp4 msi pdf ppt rar svg txt vsd vxd wma wmv xls xlsx zip".split(" "),
  click_tracking_matcher_selectors: ["a", "button", "input[type=button]", "input[type=submit]", "[role=button]"],
  ignore_query_url: true,
  app: "sojourn.js",
};

export type Chosen = Options & typeof DEFAULTS & { endpoint: string };
