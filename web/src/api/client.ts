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

export type Method = "GET" | "POST" | "DELETE";

export async function call<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await reach(method, path, body, signal);
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function reach(
  method: Method,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    headers: { accept: "application/json" },
  };
  if (signal) request.signal = signal;
  if (body !== undefined) {
    request.headers = { accept: "application/json", "content-type": "application/json" };
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
