// Instants as people say them, always in the project's time zone.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
    formats.set(key, known);
  }
  return known;
}

export function ago(instant: string, now: number): string {
  const past = new Date(instant).getTime() - now;
  const size = Math.abs(past);
  if (size < MINUTE) return "just now";
  if (size < HOUR) return relative.format(Math.round(past / MINUTE), "minute");
  if (size < DAY) return relative.format(Math.round(past / HOUR), "hour");
  if (size < 60 * DAY) return relative.format(Math.round(past / DAY), "day");
  if (size < 730 * DAY) return relative.format(Math.trunc(past / (30.44 * DAY)), "month");
  return relative.format(Math.trunc(past / (365.25 * DAY)), "year");
}

export function exact(instant: string, zone: string): string {
  const when = format(zone, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(instant));
  return `${when} ${zone}`;
}

export const clock = (instant: string, zone: string): string =>
  format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(instant));

export const longDay = (instant: string, zone: string): string =>
  format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
    new Date(instant),
  );

// The calendar day of an instant, as a question writes it: 2026-01-31.
export function dayOf(instant: string | number, zone: string): string {
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    new Date(instant),
  );
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

// “2026-01-31” → “31 Jan 2026”. A calendar day has no zone, so it is read and written in UTC.
export const day = (date: string): string =>
  format("UTC", { day: "numeric", month: "short", year: "numeric" }).format(
    new Date(date.slice(0, 10)),
  );

export const shortDay = (date: string): string =>
  format("UTC", { day: "numeric", month: "short" }).format(new Date(date.slice(0, 10)));

const month = (date: string): string =>
  format("UTC", { month: "short", year: "numeric" }).format(new Date(date.slice(0, 10)));

// The name of one interval of a trend or a cohort.
export function interval(start: string, every: string): string {
  if (every === "hour") return `${shortDay(start)}, ${start.slice(11, 16)}`;
  if (every === "month") return month(start);
  if (every === "quarter")
    return `Q${Math.ceil(Number(start.slice(5, 7)) / 3)} ${start.slice(0, 4)}`;
  if (every === "year") return start.slice(0, 4);
  return every === "week" ? `Week of ${day(start)}` : day(start);
}

// The same where there is little room: “9 Nov”, “14:00”.
export function shortInterval(start: string, every: string): string {
  if (every === "hour") return start.slice(11, 16);
  return every === "day" || every === "week" ? shortDay(start) : interval(start, every);
}

export function addDays(date: string, days: number): string {
  return new Date(new Date(date).getTime() + days * DAY).toISOString().slice(0, 10);
}

export const daysBetween = (from: string, to: string): number =>
  Math.round((new Date(to).getTime() - new Date(from).getTime()) / DAY);

// “14 min”: how long a visit lasted.
export function length(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${Math.floor(ms / HOUR)} h ${Math.round((ms % HOUR) / MINUTE)} min`;
}

// “2.5 h”: how long something took, in the unit that says it in few digits.
export function lasting(seconds: number): string {
  const digits = (value: number) => String(Number(value.toPrecision(value < 10 ? 2 : 3)));
  if (seconds < 60) return `${digits(seconds)} s`;
  if (seconds < 3_600) return `${digits(seconds / 60)} min`;
  if (seconds < 86_400 * 2) return `${digits(seconds / 3_600)} h`;
  return `${digits(seconds / 86_400)} days`;
}
