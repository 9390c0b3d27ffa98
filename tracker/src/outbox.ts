// Messages on their way: gathered for a moment, sent together, kept until the server has them. A
// message keeps its id through every attempt, so the server stores it once however often it
// arrives.

import type { Message } from "./message";
import { read, write } from "./storage";

const GATHER_MS = 250;
const BATCH_MAX = 50;
// A keepalive request and a beacon may carry 64 KiB each; leave room for the envelope.
const BODY_BYTES_MAX = 60_000;
// A page that cannot reach its server keeps the newest messages and lets go of the oldest.
const WAITING_MAX = 1_000;
const KEPT_MAX = 200;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;

// What is told of a message in the end: whether the server took it.
export type Done = (taken: boolean) => void;

export interface Outbox {
  put(message: Message, done?: Done): void;
  // The page may be gone in a moment: everything goes out now, answered or not.
  leave(): void;
  // Takes up what an earlier page could not send.
  resume(): void;
  // Lets go of everything, here and in local storage.
  forget(): void;
}

export function outbox(key: string, endpoint: string, mayKeep: () => boolean): Outbox {
  const url = endpoint.replace(/\/+$/, "") + "/v1/batch";
  const keptAs = "sojourn.waiting." + key;
  // Each as JSON already: what a page changes afterwards is not what happened.
  let waiting: [text: string, done?: Done][] = [];
  let sending = false;
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (ms: number): void => {
    timer ??= setTimeout(() => void send(), ms);
  };

  const next = (): typeof waiting => {
    let bytes = 0;
    let end = 0;
    for (const [text] of waiting.slice(0, BATCH_MAX)) {
      bytes += new Blob([text]).size;
      if (end && bytes > BODY_BYTES_MAX) break;
      end += 1;
    }
    return waiting.slice(0, end);
  };

  const body = (batch: typeof waiting): string =>
    JSON.stringify({ writeKey: key, sentAt: new Date() }).slice(0, -1) +
    `,"batch":[${batch.map(([text]) => text)}]}`;

  // By now some may have left by beacon, or been let go: only these very messages are done.
  const finish = (batch: typeof waiting, taken: boolean): void => {
    waiting = waiting.filter((one) => !batch.includes(one));
    for (const [, done] of batch) done?.(taken);
  };

  async function send(): Promise<void> {
    timer = undefined;
    if (sending || !waiting[0]) return;
    sending = true;
    const batch = next();
    const status = await fetch(url, {
      method: "POST",
      body: body(batch),
      // A plain text body is what a page may send elsewhere without asking first.
      headers: { "Content-Type": "text/plain" },
      keepalive: true,
      credentials: "omit",
    }).then((answer) => answer.status, () => 503);
    sending = false;
    // The server will not change its mind about a message that is wrong; it may about being busy.
    const over = status < 500 && status !== 429;
    attempts = over ? 0 : attempts + 1;
    if (over) finish(batch, status < 300);
    if (waiting[0]) wait(over ? 0 : backoff(attempts));
  }

  return {
    put(message, done) {
      waiting.push([JSON.stringify(message), done]);
      waiting.splice(0, waiting.length - WAITING_MAX);
      if (!attempts) wait(GATHER_MS);
    },
    leave() {
      if (attempts || !navigator.onLine) {
        if (mayKeep() && waiting[0]) {
          write(keptAs, JSON.stringify(waiting.splice(0).slice(-KEPT_MAX).map(([text]) => text)));
        }
        return;
      }
      while (waiting[0]) {
        const batch = next();
        // A beacon that is refused leaves them here, for when the page comes back.
        if (!navigator.sendBeacon(url, new Blob([body(batch)], { type: "text/plain" }))) return;
        finish(batch, true);
      }
    },
    resume() {
      const kept = mayKeep() && read(keptAs);
      if (kept) {
        write(keptAs, null);
        waiting = JSON.parse(kept).map((text: string) => [text]).concat(waiting);
      }
      attempts = 0;
      if (waiting[0]) wait(0);
    },
    forget() {
      waiting = [];
      write(keptAs, null);
    },
  };
}

function backoff(attempts: number): number {
  const longest = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** (attempts - 1));
  // Pages that failed together must not come back together.
  return longest * (0.5 + Math.random() / 2);
}
