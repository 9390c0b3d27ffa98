// Everything the rooms can ask, one hook for each question. An answer stays on screen, dimmed,
// until the next one comes: that is what `keepPreviousData` is for.

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { ask, call } from "./client";
import type {
  Cell,
  Kind,
  PersonAnswer,
  PersonDetail,
  PersonPage,
  ProjectSchema,
  ProjectStatus,
  Reports,
  Revealed,
  Session,
  Split,
  TimelinePage,
} from "./shapes";

const PEOPLE_A_PAGE = 100;
const EVENTS_A_PAGE = 200;
const EMPTY_PROJECT_ASKS_EVERY_MS = 4_000;
const STATUS_ASKS_EVERY_MS = 15_000;

const projectPath = (project: string) => `/projects/${encodeURIComponent(project)}`;

export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => call<Session>("GET", "/session", undefined, signal),
    staleTime: Infinity,
  });
}

export function useSignOut() {
  const known = useQueryClient();
  return useMutation({
    mutationFn: () => call<void>("DELETE", "/session"),
    // What was on screen is about people: nothing of it outlives the session.
    onSuccess: () => known.clear(),
    onSettled: () => window.location.assign("/"),
  });
}

export function useSchema(project: string) {
  return useQuery({
    queryKey: ["schema", project],
    queryFn: ({ signal }) =>
      call<ProjectSchema>("GET", `${projectPath(project)}/schema`, undefined, signal),
    // An empty project is watched, so that its first event shows without a reload.
    refetchInterval: (query) =>
      query.state.data?.events_total === 0 ? EMPTY_PROJECT_ASKS_EVERY_MS : false,
  });
}

export function useStatus(project: string) {
  return useQuery({
    queryKey: ["status", project],
    queryFn: ({ signal }) =>
      call<ProjectStatus>("GET", `${projectPath(project)}/status`, undefined, signal),
    refetchInterval: STATUS_ASKS_EVERY_MS,
  });
}

function reportQuestion<K extends Kind>(
  project: string,
  kind: K,
  definition: Reports[K]["definition"],
) {
  return {
    queryKey: ["report", project, kind, definition],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      ask<Reports[K]["answer"]>(project, `/reports/${kind}`, definition, signal),
    placeholderData: keepPreviousData,
  };
}

export function useReport<K extends Kind>(
  project: string,
  kind: K,
  definition: Reports[K]["definition"] | null,
) {
  return useQuery({
    ...reportQuestion(project, kind, definition ?? ({} as Reports[K]["definition"])),
    enabled: definition !== null,
  });
}

// A list is read page by page: where one ended, its `next`, is said to the following as `by`.
export function useListReport<K extends "people" | "activity">(
  project: string,
  kind: K,
  definition: Reports[K]["definition"],
  by: "after" | "before",
) {
  return useInfiniteQuery({
    queryKey: ["list", project, kind, definition],
    initialPageParam: null as Reports[K]["answer"]["next"],
    queryFn: ({ pageParam, signal }) =>
      ask<Reports[K]["answer"]>(
        project,
        `/reports/${kind}`,
        { ...definition, [by]: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

export function usePeople(project: string, search: string) {
  return useInfiniteQuery({
    queryKey: ["people", project, search],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: String(PEOPLE_A_PAGE) });
      if (search) asked.set("search", search);
      if (pageParam !== null) asked.set("after", String(pageParam));
      return call<PersonPage>("GET", `${projectPath(project)}/people?${asked}`, undefined, signal);
    },
    getNextPageParam: (page) => page.after ?? null,
    placeholderData: keepPreviousData,
  });
}

export function useCellPeople(project: string, definition: { kind: Kind }, cell: Cell) {
  return useInfiniteQuery({
    queryKey: ["cell", project, definition, cell],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      ask<PersonPage>(
        project,
        `/reports/${definition.kind}/people`,
        { definition, cell, limit: PEOPLE_A_PAGE, after: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.after ?? null,
  });
}

export function usePerson(project: string, person: string) {
  return useQuery({
    queryKey: ["person", project, person],
    queryFn: ({ signal }) =>
      call<PersonAnswer>(
        "GET",
        `${projectPath(project)}/people/${encodeURIComponent(person)}`,
        undefined,
        signal,
      ),
    select: ({ person: summary, ...rest }): PersonDetail => ({ ...summary, ...rest }),
  });
}

export function useSplit(project: string, person: number) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (merge: number) =>
      call<Split>("POST", `${projectPath(project)}/people/${person}/split`, { merge }),
    // Two people are in the place of one, in every answer.
    onSuccess: () => known.invalidateQueries(),
  });
}

export function useTimeline(project: string, person: string) {
  return useInfiniteQuery({
    queryKey: ["timeline", project, person],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: String(EVENTS_A_PAGE) });
      if (pageParam !== null) asked.set("before", pageParam);
      return call<TimelinePage>(
        "GET",
        `${projectPath(project)}/people/${encodeURIComponent(person)}/timeline?${asked}`,
        undefined,
        signal,
      );
    },
    getNextPageParam: (page) => page.before ?? null,
  });
}

// A mutation, not a query: each asking is logged, so nothing may ask again by itself or keep the
// values.
export function useReveal(project: string, person: string) {
  return useMutation({
    mutationFn: () =>
      call<Revealed>("POST", `${projectPath(project)}/people/${encodeURIComponent(person)}/reveal`),
    gcTime: 0,
  });
}
