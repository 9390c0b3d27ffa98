// A question in the address bar, so that it can be shared and the back button undoes a change. Each
// field stands under a key of its own; a plain word is written as it is, anything else as JSON, and
// what is as usual is left out.

import type { EventChoice } from "../api/shapes";

// How one field is read from the texts under its key, and written to them.
export interface Field<T> {
  read: (texts: string[]) => T | undefined;
  write: (value: T) => string[];
}

export type Fields<Question> = { [Name in keyof Question]-?: Field<NonNullable<Question[Name]>> };

export function readQuestion<Question>(
  search: URLSearchParams,
  fields: Fields<Question>,
): Partial<Question> {
  const read: Partial<Question> = {};
  for (const name of namesOf(fields)) {
    const value = fields[name].read(search.getAll(name as string));
    if (value !== undefined) read[name] = value;
  }
  return read;
}

export function writeQuestion<Question>(
  search: URLSearchParams,
  fields: Fields<Question>,
  question: Partial<Question>,
): void {
  for (const name of namesOf(fields)) {
    const value = question[name];
    search.delete(name as string);
    if (value === undefined || value === null) continue;
    for (const text of fields[name].write(value)) search.append(name as string, text);
  }
}

const namesOf = <Question>(fields: Fields<Question>) => Object.keys(fields) as (keyof Question)[];

export const text: Field<string> = {
  read: ([one]) => one || undefined,
  write: (value) => [value],
};

// One of a few words, of which the first is the usual one.
export function oneOf<Word extends string>(...words: [Word, ...Word[]]): Field<Word> {
  return {
    read: ([one]) => words.find((word) => word === one),
    write: (value) => (value === words[0] ? [] : [value]),
  };
}

// One of a few words, none of them usual: what is usual depends on more than the address.
export function word<Word extends string>(...words: Word[]): Field<Word> {
  return {
    read: ([one]) => words.find((known) => known === one),
    write: (value) => [value],
  };
}

export function whole(least: number, most: number): Field<number> {
  return {
    read: ([one]) => {
      const value = Number(one ?? "");
      return Number.isInteger(value) && value >= least && value <= most && one ? value : undefined;
    },
    write: (value) => [String(value)],
  };
}

export const flag: Field<boolean> = {
  read: ([one]) => (one === "yes" ? true : undefined),
  write: (value) => (value ? ["yes"] : []),
};

const A_DURATION = /^\d{1,9} (second|minute|hour|day|week)s?$/;

export function duration(usual?: string): Field<string> {
  return {
    read: ([one]) => (one && A_DURATION.test(one) ? one : undefined),
    write: (value) => (value === usual ? [] : [value]),
  };
}

// What has a structure of its own. The server says what is wrong with one that was bent by hand.
export function json<T>(): Field<T> {
  return {
    read: ([one]) => {
      const read = parsed(one ?? "");
      return typeof read === "object" && read !== null ? (read as T) : undefined;
    },
    write: (value) => [JSON.stringify(value)],
  };
}

export function list<T>(field: Field<T>, most: number): Field<T[]> {
  return {
    read: (texts) => {
      const read = texts
        .map((one) => field.read([one]))
        .filter((one): one is T & NonNullable<unknown> => one !== undefined && one !== null);
      return read.length > 0 ? read.slice(0, most) : undefined;
    },
    write: (values) => values.flatMap(field.write),
  };
}

// A choice of events: a bare name, or with anything else to it as JSON.
export const choice: Field<EventChoice> = named<EventChoice>();

export function named<T extends { event?: string | null }>(): Field<T> {
  return {
    read: ([one]) => {
      if (!one) return undefined;
      const read = one.startsWith("{") ? parsed(one) : null;
      // A name may itself begin with a brace.
      return (typeof read === "object" && read !== null ? read : { event: one }) as T;
    },
    write: (value) => {
      const told = Object.entries(value).filter(([, part]) => !isEmpty(part));
      const [only] = told;
      const bare = told.length === 1 && only?.[0] === "event" && !value.event?.startsWith("{");
      return [bare ? (value.event ?? "") : JSON.stringify(Object.fromEntries(told))];
    },
  };
}

const isEmpty = (part: unknown): boolean =>
  part === undefined ||
  part === null ||
  part === false ||
  part === "" ||
  (Array.isArray(part) && part.length === 0);

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}
