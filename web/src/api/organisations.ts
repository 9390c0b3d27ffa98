// Organisations: the list, and one of them.

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import type { OrganisationDetail, OrganisationPage } from "./shapes";

const A_PAGE = 100;

const place = (project: string) => `/projects/${encodeURIComponent(project)}/organisations`;

export function useOrganisations(project: string, search: string) {
  return useInfiniteQuery({
    queryKey: ["organisations", project, search],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: String(A_PAGE) });
      if (search) asked.set("search", search);
      if (pageParam !== null) asked.set("after", String(pageParam));
      return call<OrganisationPage>("GET", `${place(project)}?${asked}`, undefined, signal);
    },
    getNextPageParam: (page) => page.after ?? null,
    placeholderData: keepPreviousData,
  });
}

export function useOrganisation(project: string, organisation: string) {
  return useQuery({
    queryKey: ["organisation", project, organisation],
    queryFn: ({ signal }) =>
      call<OrganisationDetail>(
        "GET",
        `${place(project)}/${encodeURIComponent(organisation)}`,
        undefined,
        signal,
      ),
  });
}
