// The live list: events as the server applies them and who is online, over one connection that the
// browser opens again by itself.

import { useEffect, useReducer, useState } from "react";
import type { TimelineEvent } from "./shapes";

export interface LiveEvent extends Pick<TimelineEvent, "ts" | "event" | "source" | "properties"> {
  person: number;
}

export interface Online {
  total: number;
  people: { person: number; last: string }[];
}

interface News {
  events: LiveEvent[];
  lost: number;
}

// What is on the list, the newest first, what waits while it is paused, and how many were never
// sent, for they came too fast.
export interface LiveList {
  shown: LiveEvent[];
  waiting: LiveEvent[];
  lost: number;
  paused: boolean;
}

type Step = { news: News } | { paused: boolean };

const SHOWN_MAX = 200;
const EMPTY: LiveList = { shown: [], waiting: [], lost: 0, paused: false };

const newest = (some: LiveEvent[], others: LiveEvent[]) => [...some, ...others].slice(0, SHOWN_MAX);

export function stepped(list: LiveList, step: Step): LiveList {
  if ("paused" in step)
    return step.paused
      ? { ...list, paused: true }
      : { ...list, paused: false, shown: newest(list.waiting, list.shown), waiting: [] };
  const events = [...step.news.events].reverse();
  const lost = list.lost + step.news.lost;
  return list.paused
    ? { ...list, lost, waiting: newest(events, list.waiting) }
    : { ...list, lost, shown: newest(events, list.shown) };
}

export type Connection = "opening" | "open" | "lost" | "closed";

export function useLive(project: string) {
  const [list, step] = useReducer(stepped, EMPTY);
  const [online, setOnline] = useState<Online | null>(null);
  const [connection, setConnection] = useState<Connection>("opening");
  useEffect(() => {
    const source = new EventSource(`/api/v1/projects/${encodeURIComponent(project)}/live`);
    source.addEventListener("open", () => setConnection("open"));
    source.addEventListener("online", (told) => setOnline(JSON.parse(told.data) as Online));
    source.addEventListener("events", (told) => step({ news: JSON.parse(told.data) as News }));
    source.addEventListener("ended", () => {
      source.close();
      setConnection("closed");
    });
    source.addEventListener("error", () =>
      setConnection(source.readyState === EventSource.CLOSED ? "closed" : "lost"),
    );
    return () => source.close();
  }, [project]);
  return { list, online, connection, pause: (paused: boolean) => step({ paused }) };
}
