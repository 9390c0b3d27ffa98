// A page does not break because it is measured: what goes wrong inside is swallowed and counted.

export interface Guard {
  // The same function, which never throws.
  <Given extends unknown[], Result>(
    what: (...given: Given) => Result,
  ): (...given: Given) => Result | undefined;
}

export type Listen = (target: EventTarget, name: string, what: (event: Event) => void) => void;

export function guard(counted: { errors: number }): Guard {
  return (what) =>
    (...given) => {
      try {
        return what(...given);
      } catch {
        counted.errors++;
        return undefined;
      }
    };
}

// Before the page's own listeners, which may end an event where they stand.
export const listener =
  (guarded: Guard): Listen =>
  (target, name, what) =>
    target.addEventListener(name, guarded(what), true);
