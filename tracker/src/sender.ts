// From something to tell to a message on its way: who it is about, what goes with it, and whether
// it may be told at all just now.

import { brought, recorded, type Brought } from "./address";
import { Gate, will, type Will } from "./gate";
import type { Guard } from "./guard";
import { keepIdentity, keptIdentity, type Identity } from "./identity";
import { newId, type Message, type Properties } from "./message";
import type { Chosen } from "./options";
import { outbox, type Done, type Outbox } from "./outbox";

const WAITING_MAX = 100;
const VERSION = "0.1.0";

export interface Sender {
  send(type: Message["type"], content: Partial<Message>, done?: Done): void;
  // What the address of the page in sight brings; it is read once.
  came(): Brought;
  // Another page came in sight.
  arrive(from: string): void;
  // From here on it is about this person, or, without an id, about somebody else.
  become(userId?: string): void;
  // Undefined where nobody may be named.
  anonymousId(): string | undefined;
  mayKeep(): boolean;
  will: Will;
  box: Outbox;
}

export function sender(options: Chosen, counted: { errors: number }, guarded: Guard): Sender {
  // Not yet in anybody's name: who it is may be known only when they leave.
  let waiting: [message: Message, done?: Done][] = [];
  let who: Identity | undefined;
  let userId: string | undefined;
  let referrer = document.referrer;
  let address: Brought | undefined;
  let before: Gate = Gate.Waiting;

  const forgetWho = (): void => {
    who = undefined;
    keepIdentity(null);
  };

  // What is allowed may be something else now.
  const settle = guarded((): void => {
    const gate = own.gate();
    if (gate != before) {
      if (mayKeep()) box.resume();
      else {
        box.forget(before == Gate.Open);
        forgetWho();
      }
    }
    before = gate;
    for (const [message, done] of waiting.splice(0)) deliver(message, done);
  });

  const own = will(options, settle);
  const mayKeep = (): boolean => !!options.persist && own.gate() == Gate.Open;
  const box = outbox(options, mayKeep);

  const came = (): Brought => (address ||= brought(options));

  const identity = (): Identity => {
    const keeps = mayKeep();
    // Who comes from another site of ours is whom they were there.
    const arrived = keeps && came().anonymousId;
    who ||= (keeps && !arrived && keptIdentity()) || {
      anonymousId: arrived || own.anonymousId() || newId(),
    };
    if (userId) who.userId = userId;
    if (keeps) keepIdentity(who);
    return who;
  };

  const deliver = (message: Message, done?: Done): void => {
    const gate = own.gate();
    const { context, type } = message;
    if (gate == Gate.Waiting) {
      waiting.push([message, done]);
      waiting.splice(0, waiting.length - WAITING_MAX);
    } else if (gate == Gate.Open) {
      const consent = { categoryPreferences: own.states() };
      box.put({ ...identity(), ...message, context: { ...context, consent } }, done);
    } else if (gate == Gate.Counting && type != "identify" && type != "group") {
      box.put({ ...message, userId: undefined, context: { ...context, cookieless: true } }, done);
    }
  };

  const seen = (): Properties => {
    const url = recorded(location.href, options);
    const { pathname, search, hash } = new URL(url);
    return {
      path: options.page_tracking == "hash" ? pathname + hash : pathname,
      referrer: recorded(referrer, options),
      search,
      hash,
      title: document.title,
      url,
    };
  };

  return {
    send(type, content, done) {
      const message = {
        type,
        messageId: newId(),
        timestamp: new Date(),
        userId,
        ...content,
        context: {
          ...options.context,
          library: { name: options.app, version: VERSION },
          errors: counted.errors || undefined,
          // What goes with an event only.
          ...(content.openFor && {
            locale: navigator.language,
            page: seen(),
            campaign: came().campaign,
          }),
        },
      };
      if (options.campaign_once && content.openFor) came().campaign = {};
      // As it is now: what a page changes afterwards is not what happened, and what cannot be
      // written is refused at once.
      deliver(JSON.parse(JSON.stringify(message)), done);
    },
    came,
    arrive(from) {
      referrer = from;
      address = undefined;
    },
    become(id) {
      userId = id;
      if (id) return;
      // What waits has nobody's name yet, and must not get the next one's.
      waiting = [];
      forgetWho();
    },
    anonymousId: () => (own.gate() == Gate.Open ? identity().anonymousId : undefined),
    mayKeep,
    will: own,
    box,
  };
}
