// One call to the server: JSON in, JSON out, and every failure as a Problem that says what, where
// and what now.

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail = "",
    readonly where = "",
    readonly mend = "",
  ) {
    super(title);
  }
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export async function call<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await reach(method, path, body, signal, headers);
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

// A question that nobody waits for any more costs the server nothing more: it is asked under a name
// of its own, and cancelled by that name when it is given up.
export async function ask<T>(
  project: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<T> {
  const name = questionName();
  const place = `/projects/${encodeURIComponent(project)}`;
  const giveUp = () => void call("DELETE", `${place}/questions/${name}`).catch(() => undefined);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await call<T>("POST", place + path, body, signal, { "question-name": name });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

// Not `randomUUID`, which a page has only over https.
function questionName(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(36)).join("-");
}

async function reach(
  method: Method,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    headers: { accept: "application/json", ...headers },
  };
  if (signal) request.signal = signal;
  if (body !== undefined) {
    request.headers = { ...request.headers, "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  try {
    return await fetch(`/api/v1${path}`, request);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem(
      0,
      "The server does not answer",
      "The request did not arrive, or no answer came back.",
      "",
      "See whether “sojourn serve” is still running, then try again.",
    );
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Partial<Record<string, string>>;
  return new Problem(
    response.status,
    told["title"] || `The server answered ${response.status}`,
    told["detail"] || "",
    told["where"] || "",
    told["mend"] || "",
  );
}
