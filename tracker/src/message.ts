// The messages a page sends, in Segment's form, and the facts about the page that go with each.

export type Properties = Record<string, unknown>;

export interface Message {
  type: "track" | "page" | "identify";
  messageId: string;
  timestamp: string;
  anonymousId: string;
  userId?: string;
  event?: string;
  name?: string;
  properties?: Properties;
  traits?: Properties;
  context: Properties;
}

export function newId(): string {
  // Only a secure page has randomUUID; random values are everywhere.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = Array.from(crypto.getRandomValues(new Uint8Array(16)));
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pageFacts(): Properties {
  return {
    path: location.pathname,
    referrer: document.referrer,
    search: location.search,
    title: document.title,
    url: location.origin + location.pathname + location.search,
  };
}

export function context(): Properties {
  return {
    library: { name: "sojourn.js", version: "0.1.0" },
    locale: navigator.language,
    page: pageFacts(),
    userAgent: navigator.userAgent,
  };
}
