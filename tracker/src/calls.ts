// What a page tells, by Woopra's calls and ours: what happened, who it is, where they belong.

import type { Guard } from "./guard";
import { newId, type Message, type Properties } from "./message";
import type { Chosen } from "./options";
import type { Sender } from "./sender";
import type { Action, TrackOptions } from "./types";
import type { View } from "./view";

export type Given = any[];
type Then = TrackOptions | ((action: Action) => void);

// A name and a value, or an object of them.
export const pairs = (name: unknown, value?: unknown): Properties =>
  typeof name == "object" ? { ...name } : { [name as string]: value };

export function calls(
  options: Chosen,
  { send, came, become }: Sender,
  reading: View,
  guarded: Guard,
) {
  // What is told of the person and of their organisation with the next event, or by `push`; and
  // with each event.
  let traits: Properties | undefined;
  let organisation: Properties = {};
  const visiting: Properties = {};

  function push(then?: () => void): void {
    const { id, ...rest } = organisation;
    const brought = came();
    if (brought.traits) traits = { ...brought.traits, ...traits };
    brought.traits = undefined;
    if (traits) send("identify", { traits });
    if (id) send("group", { groupId: String(id), traits: rest });
    traits = undefined;
    organisation = {};
    then?.();
  }

  const update = (messageId: string, properties?: Properties, close?: boolean): void =>
    send("update", { messageId, properties, close });

  function act(type: "track" | "page", content: Partial<Message>, then: Then = {}): Action {
    const told = typeof then == "function" ? { onSuccess: then } : then;
    const messageId = newId();
    const action: Action = {
      id: messageId,
      update: (properties) => update(messageId, properties),
      cancel: () => update(messageId, {}, true),
    };
    push();
    const given = { ...visiting, ...content.properties };
    const properties = options.augment_action?.(given, content.event || "pv") || given;
    const openFor = told.timeout || options.idle_timeout;
    const done = (taken: boolean): void => (taken ? told.onSuccess : told.onError)?.(action);
    told.onBeforeSend?.(action);
    send(type, { ...content, messageId, openFor, properties }, guarded(done));
    if (type == "page" || told.lifecycle == "page") reading.begin(messageId);
    return action;
  }

  function page(name?: string | Properties, properties?: Properties, then?: Then): Action {
    if (typeof name == "object") return page(undefined, name, then);
    return act("page", { name, properties: { ...came().properties, ...properties } }, then);
  }

  function track(event?: string | Properties, properties?: Properties | Then, then?: Then): Action {
    if (typeof properties == "function") return track(event, {}, properties as Then);
    if (typeof event != "string") return page(event);
    if (event == "pv") return page(undefined, properties as Properties, then);
    return act("track", { event, properties: properties as Properties }, then);
  }

  function identify(who: unknown, told?: unknown): void {
    // Ours: an id, and what is known of them. Woopra's: names and values, and the organisation.
    const isId = typeof who != "object" && (told === undefined || typeof told == "object");
    const { id, ...rest }: Properties = isId ? { ...(told as object), id: who } : pairs(who, told);
    if (isId && !id) return;
    if (!isId && typeof told == "object") identifyOrg(told);
    if (id) become(String(id));
    traits = { ...traits, ...rest };
    if (isId) push();
  }

  function identifyOrg(name: unknown, value?: unknown): void {
    Object.assign(organisation, pairs(name, value));
  }

  return {
    track,
    page,
    update: (id: string, properties?: Properties) => update(id, properties),
    cancelAction: (id: string) => update(id, {}, true),
    identify,
    identifyOrg,
    push,
    visit: (name: unknown, value?: unknown) => void Object.assign(visiting, pairs(name, value)),
  };
}
