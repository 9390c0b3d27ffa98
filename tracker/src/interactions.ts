// What people do on a page: they follow links, press buttons, send forms, go from view to view. A
// file of its own, loaded by the first where a page asks for it. Nothing is held up: what is told
// leaves while the browser goes on.

import { ARRIVAL, recorded } from "./address";
import { described, fields, meant } from "./elements";
import { listener, type Guard } from "./guard";
import type { Properties } from "./message";
import type { Chosen } from "./options";
import { route } from "./route";
import type { Sender } from "./sender";
import type { ClickOptions, FormOptions, TrackOptions } from "./types";

const MARKED = "[data-sojourn],[data-woopra]";
const PRESSED = ["a", "button", "input[type=button]", "input[type=submit]", "[role=button]"];
const FILES = (
  "avi css dmg doc eps exe js m4v mov mp3 mp4 msi pdf ppt rar svg txt vsd vxd wma wmv xls xlsx zip"
).split(" ");

export interface Calls {
  track(event: string, properties?: Properties, then?: TrackOptions | (() => void)): unknown;
  identify(traits: Properties): void;
  // The page is left for another, which then came in sight.
  leave(): void;
  arrive(from: string): void;
}

// Whether a host is the domain, or below it.
const isWithin = (host: string, domain: string): boolean =>
  host == domain || host.endsWith("." + domain);

export function interactions(
  options: Chosen,
  { track, identify, leave, arrive }: Calls,
  { mayKeep, anonymousId }: Sender,
  guarded: Guard,
) {
  const listen = listener(guarded);

  // An address with the id, where the id may be kept; else as it was.
  function decorate(address: string): string {
    if (!mayKeep()) return address;
    const url = new URL(address, location.href);
    url.searchParams.set(ARRIVAL, anonymousId() + "~" + Date.now().toString(36));
    return url.href;
  }

  function clicked(event: Event): void {
    // The right button opens a menu, and nothing else.
    if ((event as MouseEvent).button > 1) return;
    const place = event.target as Element;
    const link = place.closest<HTMLAnchorElement>("a[href]");
    if (link && /^http/.test(link.protocol)) followed(link);
    const { click_tracking, click_tracking_matcher_selectors: chosen = PRESSED } = options;
    const item = place.closest<HTMLElement>([MARKED, ...(click_tracking ? chosen : [])].join());
    if (!item) return;
    const { sojourn, woopra } = item.dataset;
    track(sojourn || woopra || "button click", described(item));
  }

  function followed(link: HTMLAnchorElement): void {
    const { hostname, pathname, href } = link;
    const { outgoing_tracking, outgoing_ignore_subdomain: ignores = true } = options;
    const { download_tracking, download_extensions = FILES } = options;
    const url = recorded(href, options);
    const here = location.hostname;
    const ours = ([] as string[]).concat(options.cross_domain || []);
    const ending = pathname.split(".").pop()!.toLowerCase();
    if (download_tracking && download_extensions.includes(ending)) track("download", { url });
    if (ours.some((one) => isWithin(hostname, one))) link.href = decorate(href);
    else if (
      outgoing_tracking &&
      hostname != here &&
      !(ignores && isWithin(hostname, here.replace("www.", "")))
    ) {
      track("outgoing", { url });
    }
  }

  listen(document, "click", clicked);
  listen(document, "auxclick", clicked);

  // The event may be left out before a selector, and the selector where there are elements.
  function trackClick(
    event?: string,
    selector?: string,
    properties?: Properties,
    told: ClickOptions = {},
  ): void {
    const { elements, noNav, callback } = told;
    if (!selector && !elements) return trackClick("Item Clicked", event, properties);
    listen(document, "click", (happened) => {
      if (!meant(happened.target as Element, selector, elements)) return;
      if (noNav) happened.preventDefault();
      track(event!, properties, callback);
    });
  }

  function trackForm(
    event?: string,
    selector?: string | FormOptions,
    told: FormOptions = {},
  ): void {
    if (typeof selector == "object") return trackForm(event, undefined, selector);
    if (!selector && !told.elements) return trackForm("Tracked Form", event, told);
    listen(document, "submit", (happened) => {
      const form = happened.target as HTMLFormElement;
      if (!meant(form, selector, told.elements)) return;
      if (told.noSubmit) happened.preventDefault();
      const taken = fields(form, told);
      if (told.identify) identify(told.identify(taken));
      track(event!, taken, { onSuccess: () => told.callback?.(taken), onError: told.onError });
    });
  }

  if (options.page_tracking) route(options, guarded, listen, leave, arrive);
  return { clicked, trackClick, trackForm, decorate };
}
