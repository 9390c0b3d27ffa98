// How a timeline tells an event: the sentence that the schema gives it, with the event's own values
// in place of the names in braces. A part in brackets goes when a name in it has no value.

const PART = /\[([^[\]]*)\]|([^[\]]+)/g;
const NAME = /\{([^{}]+)\}/g;
const MISSING = "…";
const SEALED = "•••";

export interface Told {
  person: string;
  values: Record<string, unknown>;
  // The names of values that are there and stay veiled.
  sealed?: readonly string[];
}

export function tell(sentence: string, told: Told): string {
  const parts = [...sentence.matchAll(PART)].map(([, optional, always]) => {
    if (always !== undefined) return filled(always, told);
    const part = optional ?? "";
    return namesIn(part).every((name) => valueOf(name, told) !== null) ? filled(part, told) : "";
  });
  return parts.join("").replace(/\s+/g, " ").trim();
}

// The properties that a sentence names, each once.
export function namesIn(sentence: string): string[] {
  const names = [...sentence.matchAll(NAME)].map(([, name]) => name ?? "");
  return [...new Set(names)].filter((name) => name !== "person");
}

export function sayValue(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number")
    return new Intl.NumberFormat("en", { maximumFractionDigits: 6 }).format(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const filled = (text: string, told: Told): string =>
  text.replace(NAME, (_, name: string) => valueOf(name, told) ?? MISSING);

function valueOf(name: string, { person, values, sealed = [] }: Told): string | null {
  if (name === "person") return person;
  const value = values[name];
  if (value !== undefined && value !== null && value !== "") return sayValue(value);
  return sealed.includes(name) ? SEALED : null;
}
