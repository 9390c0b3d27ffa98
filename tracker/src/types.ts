// The calls a page makes. Each is safe at any moment: before the key is known and before somebody
// agreed they wait, and what goes wrong inside is counted in `errors` and never thrown.

import type { Properties } from "./message";
import type { Options } from "./options";

export type { Options, Properties };

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
  track(event: string, properties?: Properties, then?: TrackOptions | ((action: Action) => void)): Action;
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
  trackClick(event: string, selector: string, properties?: Properties, options?: ClickOptions): Sojourn;
  trackForm(event: string, selector: string, options?: FormOptions): Sojourn;
  consent: Consent;
  optOut(): Sojourn;
  optIn(): Sojourn;
  /** Forgets who it is: from here on somebody else is at this browser. */
  reset(): Sojourn;
  /** An address with the anonymous id, for a listed site, where the id may be kept. */
  decorate(url: string): string;
  /** How many errors were swallowed. */
  errors: number;
}
