// Numbers as the app writes them: thousands separated, percentages with one decimal at most.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const THIN_SPACE = "\u202f";

export const count = (value: number): string => whole.format(value);

export const compact = (value: number): string => short.format(value);

export const plain = (value: number): string => oneDecimal.format(value);

// A figure of any size: whole ones as they are, others with as many digits as one reads.
const fewDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export const figure = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1_000 ? count(value) : fewDigits.format(value);

// Odds beyond these bounds are as good as certain, and their digits say nothing.
export function odds(value: number): string {
  if (value < 0.01) return `<${THIN_SPACE}0.01`;
  return value > 999 ? `>${THIN_SPACE}999` : figure(value);
}

// A share is never rounded to all or nothing while someone is missing or left.
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.05) return `<${THIN_SPACE}0.1${THIN_SPACE}%`;
  if (hundredths < 100 && hundredths > 99.95) return `>${THIN_SPACE}99.9${THIN_SPACE}%`;
  return `${oneDecimal.format(hundredths)}${THIN_SPACE}%`;
}

export const share = (part: number, all: number): string => (all > 0 ? percent(part / all) : "–");

export const people = (value: number): string =>
  `${count(value)} ${value === 1 ? "person" : "people"}`;

export const events = (value: number): string =>
  `${count(value)} ${value === 1 ? "event" : "events"}`;

// “12.3 % more”, “as many”: how a number stands to the one before it.
export function change(now: number, before: number): string {
  if (now === before) return "as many";
  if (before === 0) return "after none";
  const part = Math.abs(now - before) / before;
  return `${percent(part)} ${now > before ? "more" : "fewer"}`;
}

// The difference of two shares in points, taken from the figures as they are shown beside it.
export function points(now: number, before: number): string {
  const tenths = (value: number) => Math.round(value * 1000);
  const difference = (tenths(now) - tenths(before)) / 10;
  if (difference === 0) return "the same as";
  const size = oneDecimal.format(Math.abs(difference));
  return `${size} points ${difference > 0 ? "more" : "less"} than`;
}

export function list(words: string[], joined: "and" | "or" = "and"): string {
  const type = joined === "and" ? "conjunction" : "disjunction";
  return new Intl.ListFormat("en-GB", { type }).format(words);
}

export const times = (value: number): string =>
  value === 1 ? "once" : value === 2 ? "twice" : `${count(value)} times`;
