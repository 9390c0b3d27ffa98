// The names of a project: what was counted of its events and properties, and what is said of them.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "./client";
import type { EventDetail, EventEntry, PropertyDetail, PropertyEntry } from "./shapes";

interface Named {
  events: { detail: EventDetail; entry: EventEntry };
  properties: { detail: PropertyDetail; entry: PropertyEntry };
}

export type NameKind = keyof Named;

const place = (project: string, kind: NameKind, name?: string) =>
  `/projects/${encodeURIComponent(project)}/schema/${kind}` +
  (name === undefined ? "" : `/${encodeURIComponent(name)}`);

export function useNames<K extends NameKind>(project: string, kind: K) {
  return useQuery({
    queryKey: ["names", project, kind],
    queryFn: ({ signal }) =>
      call<Named[K]["detail"][]>("GET", place(project, kind), undefined, signal),
  });
}

export function useDescribe<K extends NameKind>(project: string, kind: K) {
  const known = useQueryClient();
  return useMutation({
    mutationFn: ({ name, entry }: { name: string; entry: Named[K]["entry"] }) =>
      call<Named[K]["detail"]>("PUT", place(project, kind, name), entry),
    onSuccess: async (detail) => {
      known.setQueryData<Named[K]["detail"][]>(["names", project, kind], (all) =>
        all?.some((one) => one.name === detail.name)
          ? all.map((one) => (one.name === detail.name ? detail : one))
          : [...(all ?? []), detail],
      );
      // Titles and icons stand in every room.
      await known.invalidateQueries({ queryKey: ["schema", project] });
    },
  });
}
