// A timeline as one reads it: days, in each day visits (a run of events with gaps under 30
// minutes), newest first.

import type { TimelineEvent } from "../api/shapes";
import { dayOf } from "./time";

const VISIT_GAP_MS = 30 * 60_000;

export interface Visit {
  events: TimelineEvent[];
  lasted_ms: number;
}

export interface Day {
  date: string;
  instant: string;
  visits: Visit[];
}

export function daysOf(events: TimelineEvent[], zone: string): Day[] {
  const days: Day[] = [];
  let later: number | null = null;
  for (const event of events) {
    const date = dayOf(event.ts, zone);
    const at = new Date(event.ts).getTime();
    let today = days.at(-1);
    if (today?.date !== date) {
      today = { date, instant: event.ts, visits: [] };
      days.push(today);
      later = null;
    }
    const visit = today.visits.at(-1);
    if (visit && later !== null && later - at < VISIT_GAP_MS) visit.events.push(event);
    else today.visits.push({ events: [event], lasted_ms: 0 });
    later = at;
  }
  for (const visit of days.flatMap((one) => one.visits)) {
    const [newest] = visit.events;
    const oldest = visit.events.at(-1);
    if (newest && oldest)
      visit.lasted_ms = new Date(newest.ts).getTime() - new Date(oldest.ts).getTime();
  }
  return days;
}
