// The same tracker as a module: `import { init } from "@sojourn/browser"`.

import { interactions } from "./interactions";
import { become } from "./tracker";
// With its ending, as compilers want it that resolve modules as Node does.
import type { Options, Sojourn } from "./types.js";

export type * from "./types.js";

/** Starts a tracker of its own; several can be at work on one page. */
export function init(options: Options): Sojourn {
  return become({}, location.origin, (_, then) => then(interactions)).init(options);
}
