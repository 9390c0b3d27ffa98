// The calls a page makes. Each is safe at any moment: before the key is known and before somebody
// agreed they wait, and what goes wrong inside is counted in `errors` and never thrown.

export type Properties = Record<string, unknown>;

/** Woopra's options under their names, and ours. */
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
  /** Counts each page, and each view whose address differs; with `"hash"` that after # too. */
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

/** Something that happened, which can change as long as it is open. */
export interface Action {
  id: string;
  update(properties?: Properties): void;
  /** Ends it: it changes no more. */
  cancel(): void;
}

export interface TrackOptions {
  onSuccess?: (action: Action) => void;
  onError?: (action: Action) => void;
  onBeforeSend?: (action: Action) => void;
  /** How long the event can be changed, in ms. */
  timeout?: number;
  /** `page`: how long and how far it is read is measured from here on. */
  lifecycle?: "page" | "action";
}

export interface ClickOptions {
  elements?: Element | ArrayLike<Element>;
  /** Do not follow the link. */
  noNav?: boolean;
  callback?: () => void;
}

export interface FormOptions {
  elements?: Element | ArrayLike<Element>;
  /** Fields that are left out, by name. */
  exclude?: string[];
  /** Fields that are taken although they look private, by name. */
  include?: string[];
  /** Properties of the person, made of the fields that are taken. */
  identify?: (fields: Properties) => Properties;
  /** Do not submit the form. */
  noSubmit?: boolean;
  callback?: (fields: Properties) => void;
  onError?: (action: Action) => void;
}

export type States = Record<string, boolean | null>;

export interface Consent {
  /** Purposes, by name, to which somebody agreed; without any, the tracker's own. */
  grant(...purposes: string[]): Promise<boolean>;
  withdraw(...purposes: string[]): Promise<boolean>;
  /** For each purpose whether it is allowed; null where the person has to be asked. */
  state(): States;
}

export interface Sojourn {
  /** Options and, with a key, the start. */
  init(options: Options): Sojourn;
  config(option: string): unknown;
  config(option: string, value: unknown): Sojourn;
  config(options: Options): Sojourn;
  page(name?: string, properties?: Properties): Action;
  track(): Action;
  track(properties: Properties): Action;
  track(
    event: string,
    properties?: Properties,
    then?: TrackOptions | ((action: Action) => void),
  ): Action;
  track(event: string, then?: (action: Action) => void): Action;
  update(id: string, properties?: Properties): Sojourn;
  cancelAction(id: string): Sojourn;
  /** Who it is, told at once. */
  identify(userId: string | number, traits?: Properties): Sojourn;
  /** What is known of the person, told with the next event, or by `push`. */
  identify(traits: Properties, organisation?: Properties): Sojourn;
  identify(trait: string, value: string | number | boolean): Sojourn;
  identifyOrg(organisation: Properties): Sojourn;
  identifyOrg(trait: string, value: unknown): Sojourn;
  /** Properties of each event from now on. */
  visit(properties: Properties): Sojourn;
  visit(property: string, value: unknown): Sojourn;
  push(then?: () => void): Sojourn;
  call(name: string, ...given: unknown[]): unknown;
  trackClick(selector: string): Sojourn;
  trackClick(
    event: string,
    selector: string | undefined,
    properties?: Properties,
    options?: ClickOptions,
  ): Sojourn;
  trackForm(selector: string): Sojourn;
  trackForm(event: string, selector: string | FormOptions, options?: FormOptions): Sojourn;
  consent: Consent;
  optOut(): Sojourn;
  optIn(): Sojourn;
  /** Forgets who it is: from here on somebody else is at this browser. */
  reset(): Sojourn;
  /** An address with the anonymous id, for a listed site, where the id may be kept. */
  decorate(url: string): string;
  /** Undefined where nobody may be named. */
  anonymousId(): string | undefined;
  /** How many errors were swallowed. */
  errors: number;
}
