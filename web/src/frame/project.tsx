// The project one is in: its name, its zone, what it has received, and the colour of each of its
// events.

import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useSearchParams } from "wouter";
import { useSegments } from "../api/segments";
import type { EventSummary, Period, ProjectSchema, ProjectSummary, Segment, Session } from "../api/shapes";
import { assignHues, hueVariable } from "../theme/event-colour";
import {
  periodBefore,
  periodOf,
  readPeriod,
  writePeriod,
  type PeriodChoice,
} from "../words/period";
import { readSegment, saySegment, writeSegment } from "../words/segment";

interface ProjectPlace {
  session: Session;
  project: ProjectSummary;
  // What is offered: without the names that are archived.
  schema: ProjectSchema;
  hueOf: (event: string) => number | undefined;
  // What was received and is said of an event, archived or not.
  summaryOf: (event: string) => EventSummary | undefined;
  // The properties that questions may use, archived or not.
  askable: ReadonlySet<string>;
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
    const summaries = new Map(schema.events.map((event) => [event.name, event]));
    const askable = schema.properties.filter((one) => one.asked).map((one) => one.name);
    return {
      session,
      project,
      schema: {
        ...schema,
        events: schema.events.filter((event) => !event.archived),
        properties: schema.properties.filter((property) => !property.archived),
      },
      hueOf: (event: string) => hues.get(event),
      summaryOf: (event: string) => summaries.get(event),
      askable: new Set(askable),
    };
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

// What an event is called where there is no more room than for that.
export function useEventTitle(): (event: string) => string {
  const { summaryOf } = useProject();
  return (event) => summaryOf(event)?.title || event;
}

// A property whose values have had two types is one word here; what is typed decides which is
// meant.
export interface Property {
  name: string;
  title: string;
  types: string[];
}

export function useProperties(): Property[] {
  const { schema } = useProject();
  return useMemo(() => {
    const known = new Map<string, string[]>();
    // A number before a text: “12” is meant as a number wherever it can be one.
    const numbersFirst = [...schema.properties].sort((one, other) =>
      one.type.localeCompare(other.type),
    );
    for (const { name, type } of numbersFirst) known.set(name, [...(known.get(name) ?? []), type]);
    const titles = new Map(schema.properties.map(({ name, title }) => [name, title || name]));
    return [...titles].map(([name, title]) => ({ name, title, types: known.get(name) ?? [] }));
  }, [schema.properties]);
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

// Whom every question in sight asks about; it stands in the address beside the period.
export function useSegment() {
  const [, setSearch] = useSearchParams();
  return {
    segment: useAsked().segment ?? null,
    says: useSaySegment(),
    choose: (chosen: Segment | null) =>
      setSearch((now) => {
        const next = new URLSearchParams(now);
        next.delete("segment");
        if (chosen) next.set("segment", writeSegment(chosen));
        next.delete("open");
        return next;
      }),
  };
}

// Says a segment with the titles of those that are kept.
export function useSaySegment(): (segment: Segment | null) => string {
  const { project } = useProject();
  const { data } = useSegments(project.name);
  return (segment) =>
    saySegment(segment, (name) => data?.find((one) => one.name === name)?.title ?? name);
}

// What the frame adds to the question of any room: when, and of whom.
export function useAsked(): { period?: Period; segment?: Segment } {
  const { period } = usePeriod();
  const [search] = useSearchParams();
  const written = search.get("segment");
  const segment = useMemo(() => readSegment(written), [written]);
  return { ...(period ? { period } : {}), ...(segment ? { segment } : {}) };
}

export type Address = (room: string, search?: Record<string, string | string[]>) => string;

// The way to a room of this project; the period and the segment come along.
export function useAddress(): Address {
  const { project } = useProject();
  const [search] = useSearchParams();
  return (room, wanted = {}) => {
    const next = new URLSearchParams();
    writePeriod(next, readPeriod(search));
    const segment = search.get("segment");
    if (segment) next.set("segment", segment);
    for (const [name, value] of Object.entries(wanted)) {
      for (const one of Array.isArray(value) ? value : [value]) next.append(name, one);
    }
    const asked = next.toString();
    return `/app/${encodeURIComponent(project.name)}/${room}${asked ? `?${asked}` : ""}`;
  };
}
