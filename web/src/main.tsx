// Starts the app: theme, memory of answers, and the frame.

import "@mantine/core/styles.css";
import "@mantine/spotlight/styles.css";
import "./theme/app.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { App } from "./frame/app";
import { resolver, theme } from "./theme/theme";

const RETRIES_MAX = 2;
const FRESH_FOR_MS = 10_000;

const answers: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (failure, query) => {
      // A session that ended anywhere ended everywhere.
      if (isStatus(failure, 401) && query.queryKey[0] !== "session")
        void answers.resetQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_FOR_MS,
      // A refusal stays a refusal; only a server that is away or overloaded is asked again.
      retry: (failed, failure) =>
        failed < RETRIES_MAX &&
        failure instanceof Problem &&
        (failure.status === 0 || failure.status >= 502),
    },
  },
});

function isStatus(failure: unknown, status: number): boolean {
  return failure instanceof Problem && failure.status === status;
}

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={resolver}>
      <QueryClientProvider client={answers}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
