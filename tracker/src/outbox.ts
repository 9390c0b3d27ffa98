// Messages on their way: gathered for a moment, sent together, kept until the server has them. A
// message keeps its id through every attempt, so the server stores it once however often it
// arrives.

import type { Message } from "./message";

const GATHER_MS = 250;
const BATCH_MAX = 50;
// A keepalive request and a beacon may carry 64 KiB each; leave room for the envelope.
const BODY_BYTES_MAX = 60_000;
// A page that cannot reach its server keeps the newest messages and lets go of the oldest.
const WAITING_MAX = 1_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;

export class Outbox {
  // Each as JSON already: what a page changes afterwards is not what happened, and what cannot be
  // written is refused at once.
  private waiting: string[] = [];
  private sending = false;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly key: string,
    private readonly endpoint: string,
  ) {
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
  }

  put(message: Message): void {
    this.waiting.push(JSON.stringify(message));
    this.waiting.splice(0, this.waiting.length - WAITING_MAX);
    if (this.attempts === 0) this.wait(GATHER_MS);
  }

  private wait(ms: number): void {
    if (this.timer === undefined) this.timer = setTimeout(() => void this.send(), ms);
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    if (this.sending || this.waiting.length === 0) return;
    this.sending = true;
    const batch = this.next();
    const taken = await this.post(batch);
    this.sending = false;
    // By now some may have left by beacon, or been let go: only these very messages are done.
    if (taken) this.waiting = this.waiting.filter((message) => !batch.includes(message));
    this.attempts = taken ? 0 : this.attempts + 1;
    if (this.waiting.length > 0) this.wait(taken ? 0 : backoff(this.attempts));
  }

  private async post(batch: string[]): Promise<boolean> {
    try {
      const answer = await fetch(`${this.endpoint}/v1/batch`, {
        method: "POST",
        body: this.body(batch),
        // A plain text body is what a page may send elsewhere without asking first.
        headers: { "Content-Type": "text/plain" },
        keepalive: true,
        credentials: "omit",
      });
      // The server will not change its mind about a message that is wrong; it may about being busy.
      return answer.status < 500 && answer.status !== 429;
    } catch {
      return false;
    }
  }

  // The page may be gone in a moment: everything goes out now, answered or not.
  private leave(): void {
    try {
      while (this.waiting.length > 0) {
        const batch = this.next();
        const body = new Blob([this.body(batch)], { type: "text/plain" });
        if (!navigator.sendBeacon(`${this.endpoint}/v1/batch`, body)) return;
        this.waiting.splice(0, batch.length);
      }
    } catch {
      // Nothing that happens here may reach the page.
    }
  }

  private next(): string[] {
    let bytes = 0;
    let end = 0;
    for (const message of this.waiting.slice(0, BATCH_MAX)) {
      bytes += new Blob([message]).size;
      if (end > 0 && bytes > BODY_BYTES_MAX) break;
      end += 1;
    }
    return this.waiting.slice(0, end);
  }

  private body(batch: string[]): string {
    const envelope = JSON.stringify({ writeKey: this.key, sentAt: new Date().toISOString() });
    return `${envelope.slice(0, -1)},"batch":[${batch.join()}]}`;
  }
}

function backoff(attempts: number): number {
  const longest = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** (attempts - 1));
  // Pages that failed together must not come back together.
  return longest * (0.5 + Math.random() / 2);
}
