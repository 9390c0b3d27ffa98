// The segments a project keeps, and who is in one.

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "./client";
import type { PersonPage, SavedSegment, Segment } from "./shapes";

const PEOPLE_A_PAGE = 100;

const place = (project: string, name = "") =>
  `/projects/${encodeURIComponent(project)}/segments${name && `/${encodeURIComponent(name)}`}`;

export function useSegments(project: string) {
  return useQuery({
    queryKey: ["segments", project],
    queryFn: ({ signal }) => call<SavedSegment[]>("GET", place(project), undefined, signal),
  });
}

export function useSaveSegment(project: string) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...value }: SavedSegment) =>
      call<SavedSegment>("PUT", place(project, name), value),
    // Every answer may have asked for the segment that is another one now.
    onSuccess: () => known.invalidateQueries(),
  });
}

export function useForgetSegment(project: string) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => call<void>("DELETE", place(project, name)),
    // It leaves the list at once, so that nothing on screen asks for it again.
    onSuccess: (_, name) =>
      known.setQueryData<SavedSegment[]>(["segments", project], (all) =>
        all?.filter((one) => one.name !== name),
      ),
  });
}

const people =
  (project: string, segment: Segment, limit: number, after: number | null) =>
  (signal: AbortSignal) =>
    call<PersonPage>("POST", place(project, "people"), { segment, limit, after }, signal);

// How many are in it; the former count stands until the next one comes.
export function useSegmentCount(project: string, segment: Segment | null) {
  return useQuery({
    queryKey: ["segment count", project, segment],
    queryFn: ({ signal }) => people(project, segment ?? {}, 1, null)(signal),
    enabled: segment !== null,
    placeholderData: keepPreviousData,
    select: (page) => page.total,
  });
}

export function useSegmentPeople(project: string, segment: Segment | null) {
  return useInfiniteQuery({
    queryKey: ["segment people", project, segment],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      people(project, segment ?? {}, PEOPLE_A_PAGE, pageParam)(signal),
    enabled: segment !== null,
    getNextPageParam: (page) => page.after ?? null,
  });
}
