// Messages on their way: gathered for a moment, sent together, kept until the server has them. A
// message keeps its id through every attempt, so the server stores it once however often it
// arrives.

import type { Message } from "./message";
import type { Chosen } from "./options";
import { read, write } from "./storage";

const GATHER_MS = 250;
// A keepalive request and a beacon may carry 64 KiB each, and a character takes up to three bytes.
const BODY_CHARS_MAX = 20_000;
// A page that cannot reach its server keeps the newest messages and lets go of the oldest.
const WAITING_MAX = 1_000;
const KEPT_MAX = 200;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;

// What is told of a message in the end: whether the server took it.
export type Done = (taken: boolean) => void;
type Letter = [text: string, done?: Done];

export interface Outbox {
  put(message: Message, done?: Done): void;
  // The page may be gone in a moment: everything goes out now, answered or not.
  leave(): void;
  // Takes up what an earlier page could not send.
  resume(): void;
  // Lets go of what is in local storage, or of everything.
  forget(everything: boolean): void;
}

export function outbox(options: Chosen, mayKeep: () => boolean): Outbox {
  // Each as JSON already: what a page changes afterwards is not what happened.
  let waiting: Letter[] = [];
  let sending = false;
  let attempts = 0;
  let timer: unknown;

  const url = (): string => options.endpoint + "/v1/batch";
  const keptAs = (): string => "sojourn.waiting." + options.key;
  const wait = (ms: number): void => {
    timer ||= setTimeout(send, ms);
  };
  const next = (): Letter[] => {
    let chars = 0;
    return waiting.filter(([{ length }], at) => (chars += length) < BODY_CHARS_MAX || !at);
  };
  // As plain text, which is what a page may send elsewhere without asking first.
  const body = (batch: Letter[]): string =>
    JSON.stringify({ writeKey: options.key, sentAt: new Date() }).slice(0, -1) +
    `,"batch":[${batch.map(([text]) => text)}]}`;
  // By now some may have left by beacon, or been let go: only these very messages are done.
  const finish = (batch: Letter[], taken: boolean): void => {
    waiting = waiting.filter((one) => !batch.includes(one));
    for (const [, done] of batch) done?.(taken);
  };

  async function send(): Promise<void> {
    timer = 0;
    if (sending || !waiting[0]) return;
    sending = true;
    const batch = next();
    const status = await fetch(url(), {
      method: "POST",
      body: body(batch),
      keepalive: true,
      credentials: "omit",
    }).then((answer) => answer.status, () => 503);
    sending = false;
    // The server will not change its mind about a message that is wrong; it may about being busy.
    const over = status < 500 && status != 429;
    attempts = over ? 0 : attempts + 1;
    if (over) finish(batch, status < 300);
    // Pages that failed together must not come back together.
    const longest = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** attempts);
    if (waiting[0]) wait(over ? 0 : longest * (0.5 + Math.random() / 2));
  }

  return {
    put(message, done) {
      waiting.push([JSON.stringify(message), done]);
      waiting.splice(0, waiting.length - WAITING_MAX);
      if (!attempts) wait(GATHER_MS);
    },
    leave() {
      if (attempts || !navigator.onLine) {
        // Another page of ours may have left some, too.
        if (waiting[0] && mayKeep()) {
          const others: string[] = JSON.parse(read(keptAs()) || "[]");
          const kept = others.concat(waiting.splice(0).map(([text]) => text));
          write(keptAs(), JSON.stringify(kept.slice(-KEPT_MAX)));
        }
        return;
      }
      while (waiting[0]) {
        const batch = next();
        // A beacon that is refused leaves them here, for when the page comes back.
        if (!navigator.sendBeacon(url(), body(batch))) return;
        finish(batch, true);
      }
    },
    resume() {
      const kept = mayKeep() && read(keptAs());
      if (kept) {
        write(keptAs(), null);
        waiting = JSON.parse(kept).map((text: string) => [text]).concat(waiting);
      }
      attempts = 0;
      void send();
    },
    forget(everything) {
      if (everything) waiting = [];
      write(keptAs(), null);
    },
  };
}
