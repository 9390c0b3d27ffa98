// What was refused for its form and waits to be replayed.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "./client";
import type { ChosenEntries, OpenedEntry, Quarantined, Replayed } from "./shapes";

const PAGE = 50;

const place = (project: string, rest = "") =>
  `/projects/${encodeURIComponent(project)}/quarantine${rest}`;

export function useQuarantine(project: string, reason: string | null) {
  const query = `?limit=${PAGE}${reason === null ? "" : `&reason=${encodeURIComponent(reason)}`}`;
  return useQuery({
    queryKey: ["quarantine", project, reason],
    queryFn: ({ signal }) => call<Quarantined>("GET", place(project, query), undefined, signal),
    placeholderData: keepPreviousData,
  });
}

// Opening one is written to the audit log, so it happens on a click and is not repeated by itself.
export function useOpenEntry(project: string) {
  return useMutation({
    mutationFn: (id: string) =>
      call<OpenedEntry>("GET", place(project, `/${encodeURIComponent(id)}`)),
  });
}

export function useReplay(project: string) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (chosen: ChosenEntries) =>
      call<Replayed>("POST", place(project, "/replay"), chosen),
    // What is kept now is in every answer.
    onSuccess: () => known.invalidateQueries(),
  });
}

export function useDropEntries(project: string) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (chosen: ChosenEntries) =>
      call<{ events: number }>("POST", place(project, "/drop"), chosen),
    onSuccess: () => known.invalidateQueries({ queryKey: ["quarantine", project] }),
  });
}
