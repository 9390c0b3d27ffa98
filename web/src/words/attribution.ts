// A question about attribution as the address bar keeps it: the models that are compared, and what
// two of them can be told.

import type {
  AttributionDefinition,
  AttributionModel,
  Breakdown,
  Cell,
  EventChoice,
} from "../api/shapes";
import { choice, duration, json, list, oneOf, text, whole, word, type Fields } from "./address";
import { sayValue } from "./breakdown";
import { percent } from "./number";

export type Model = NonNullable<AttributionModel["model"]>;

export interface AttributionQuestion {
  conversion: EventChoice;
  touch: EventChoice[];
  sum: string;
  conversions: NonNullable<AttributionDefinition["conversions"]>;
  within: string;
  by: Breakdown;
  model: Model[];
  // After how long a touch is worth half, when credit decays.
  half: string;
  // What the first and the last touch get by position, in hundredths.
  first: number;
  last: number;
}

export type Asking = Partial<AttributionQuestion> & {
  conversion: EventChoice;
  touch: EventChoice[];
};

export const WITHIN_USUAL = "30 days";
export const HALF_USUAL = "7 days";
export const SHARE_USUAL = 40;
export const TOUCHES_MAX = 10;

export const MODELS: Model[] = ["first", "last", "linear", "time_decay", "position"];

export const MODEL_SAYS: Record<Model, string> = {
  first: "First",
  last: "Last",
  linear: "Even",
  time_decay: "Decaying",
  position: "By position",
};

export const ATTRIBUTION: Fields<AttributionQuestion> = {
  conversion: choice,
  touch: list(choice, TOUCHES_MAX),
  sum: text,
  conversions: oneOf("all", "first"),
  within: duration(WITHIN_USUAL),
  by: json<Breakdown>(),
  model: list(word(...MODELS), MODELS.length),
  half: duration(HALF_USUAL),
  first: whole(0, 100),
  last: whole(0, 100),
};

// In the order in which they are always shown.
export const modelsOf = ({ model = MODELS }: Pick<Asking, "model">): Model[] =>
  MODELS.filter((one) => model.includes(one));

export function attributionOf(
  question: Asking,
  asked: Pick<AttributionDefinition, "period" | "segment">,
): AttributionDefinition {
  return {
    kind: "attribution",
    conversion: question.conversion,
    touches: question.touch,
    models: modelsOf(question).map((model) => told(model, question)),
    within: question.within ?? WITHIN_USUAL,
    ...(question.sum ? { sum: question.sum } : {}),
    ...(question.conversions ? { conversions: question.conversions } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...asked,
  };
}

function told(model: Model, question: Asking): AttributionModel {
  const { half = HALF_USUAL, first = SHARE_USUAL, last = SHARE_USUAL } = question;
  if (model === "time_decay") return { model, half_life: half };
  if (model === "position") return { model, first: first / 100, last: last / 100 };
  return { model };
}

// How each of the models shares out, one sentence each.
export function sayModels(question: Asking): string {
  const { half = HALF_USUAL, first = SHARE_USUAL, last = SHARE_USUAL } = question;
  const says: Record<Model, string> = {
    first: "First gives all to the first touch.",
    last: "Last gives all to the last.",
    linear: "Even gives each alike.",
    time_decay: `Decaying halves with every ${half} before.`,
    position:
      `By position gives ${percent(first / 100)} to the first, ${percent(last / 100)} to the last, ` +
      "the rest to those between.",
  };
  return modelsOf(question)
    .map((model) => says[model])
    .join(" ");
}

export function sayAttributionCell(question: Asking, cell: Cell): string {
  if (cell["unattributed"]) return "Converted without a touch before";
  const value = cell["value"] as string[] | undefined;
  const model = modelsOf(question)[Number(cell["model"] ?? -1)];
  const said = [`Converted after ${value ? sayValue(value) : "a touch"}`, model && MODEL_SAYS[model]];
  return said.filter(Boolean).join(", ");
}
