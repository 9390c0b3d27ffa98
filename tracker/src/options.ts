// What options are unless a page says otherwise. Where a default of Woopra's would tell more than is
// needed, ours differs: docs/reference/tracker.md has the table.

import type { Options } from "./types";

export const DEFAULTS = {
  purpose: "analytics",
  idle_timeout: 300_000,
  ignore_query_url: true,
  app: "sojourn.js",
};

export type Chosen = Options & typeof DEFAULTS & { endpoint: string };
