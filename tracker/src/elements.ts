// What stands on the page: which element is meant, and what may be told of it.

import type { Properties } from "./message";
import type { FormOptions } from "./types";

const TEXT_MAX = 100;
const MARK = /^data-(?:sojourn|woopra)-(.+)/;
// Nobody's input, or what is not for others to see.
const PRIVATE_TYPE = /^(password|email|tel|file|hidden|submit|button|reset|image)$/;
const PRIVATE_USE = /cc-|password|one-time|email|tel/;
const PRIVATE_NAME = /pass|secret|token|card|cvc|cvv|iban|mail/i;
const PRIVATE_VALUE = /^\s*(\d[ -]?){12,19}\s*$|\S@\S/;

// The element that some elements, or a selector, mean around the place where something happened.
export function meant(
  place: Element,
  selector: string | undefined,
  elements?: Element | ArrayLike<Element>,
): Element | null | undefined {
  if (!elements) return place.closest(selector!);
  const all = elements instanceof Element ? [elements] : Array.from(elements);
  return all.find((one) => one.contains(place));
}

// What a click on an element tells: its own `data-sojourn-…` attributes go before all else.
export function described(element: Element): Properties {
  const { id, className, localName, textContent } = element;
  const { value, href, type } = element as HTMLInputElement & HTMLAnchorElement;
  const told: Properties = {
    tag: localName,
    type: type || undefined,
    id: id || undefined,
    class: className || undefined,
    text: (value || textContent || "").trim().slice(0, TEXT_MAX),
    url: href,
  };
  for (const { name, value } of Array.from(element.attributes)) {
    const mark = MARK.exec(name);
    if (mark) told[mark[1]!.replace(/-/g, "_")] = value;
  }
  return told;
}

// The fields of a form, but those that look private, unless they are told to be taken.
export function fields(
  form: HTMLFormElement,
  { include = [], exclude = [] }: FormOptions,
): Properties {
  const taken: Properties = {};
  for (const field of Array.from(form.elements) as HTMLInputElement[]) {
    const { name, type, value } = field;
    const isPrivate =
      PRIVATE_TYPE.test(type) ||
      PRIVATE_USE.test(field.autocomplete) ||
      PRIVATE_NAME.test(name + field.id) ||
      PRIVATE_VALUE.test(value);
    const isSet = !/radio|checkbox/.test(type) || field.checked;
    const isWanted = include.includes(name) || (!isPrivate && !exclude.includes(name));
    if (name && isSet && isWanted) taken[name] = value;
  }
  return taken;
}
