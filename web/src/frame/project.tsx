// The project one is in: its name, its zone, what it has received, and the colour of each of its
// events.

import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useSearchParams } from "wouter";
import type { ProjectSchema, ProjectSummary, Session } from "../api/shapes";
import { assignHues, hueVariable } from "../theme/event-colour";
import {
  periodBefore,
  periodOf,
  readPeriod,
  writePeriod,
  type PeriodChoice,
} from "../words/period";

interface ProjectPlace {
  session: Session;
  project: ProjectSummary;
  schema: ProjectSchema;
  hueOf: (event: string) => number | undefined;
}

const Place = createContext<ProjectPlace | null>(null);

export function ProjectProvider(props: {
  session: Session;
  project: ProjectSummary;
  schema: ProjectSchema;
  children: ReactNode;
}) {
  const { session, project, schema, children } = props;
  const place = useMemo(() => {
    const hues = assignHues(schema.events.map((event) => event.name));
    return { session, project, schema, hueOf: (event: string) => hues.get(event) };
  }, [session, project, schema]);
  return <Place value={place}>{children}</Place>;
}

export function useProject(): ProjectPlace {
  const place = useContext(Place);
  if (!place) throw new Error("A room was drawn outside a project.");
  return place;
}

export function useEventColour(): (event: string) => string {
  const { hueOf } = useProject();
  return (event) => hueVariable(hueOf(event));
}

// The period stands in the address, so every room and every shared link has the same.
export function usePeriod() {
  const { schema, project } = useProject();
  const [search, setSearch] = useSearchParams();
  const choice = readPeriod(search);
  const period = periodOf(choice, schema, project.timezone);
  return {
    choice,
    period,
    before: choice.kind === "all" ? null : periodBefore(period),
    choose: (chosen: PeriodChoice) =>
      setSearch((now) => {
        const next = new URLSearchParams(now);
        writePeriod(next, chosen);
        next.delete("open");
        return next;
      }),
  };
}

export type Address = (room: string, search?: Record<string, string | string[]>) => string;

// The way to a room of this project; the period comes along.
export function useAddress(): Address {
  const { project } = useProject();
  const [search] = useSearchParams();
  return (room, wanted = {}) => {
    const next = new URLSearchParams();
    writePeriod(next, readPeriod(search));
    for (const [name, value] of Object.entries(wanted)) {
      for (const one of Array.isArray(value) ? value : [value]) next.append(name, one);
    }
    const asked = next.toString();
    return `/app/${encodeURIComponent(project.name)}/${room}${asked ? `?${asked}` : ""}`;
  };
}
