// By which models credit is shared out, and what the two that can be told something are told.

import {
  HALF_USUAL,
  MODEL_SAYS,
  MODELS,
  modelsOf,
  SHARE_USUAL,
  type Asking,
} from "../words/attribution";
import { list } from "../words/number";
import { DurationWord } from "./duration-word";
import { NumberWord } from "./number-word";
import { Word } from "./sentence";
import { Several } from "./several";

// Never apart from its number.
const PER_CENT = "\u2060\u202f%";

interface ModelsWordsProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function ModelsWords({ question, onChange }: ModelsWordsProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const chosen = modelsOf(question);
  const { first = SHARE_USUAL, last = SHARE_USUAL } = question;
  const says =
    chosen.length === MODELS.length
      ? "every model"
      : list(chosen.map((model) => MODEL_SAYS[model].toLowerCase()));
  return (
    <>
      {"\u2060, by "}
      <Word says={says} label={`Models: ${says}`}>
        {() => (
          <Several
            chosen={chosen}
            choices={MODELS.map((model) => ({ value: model, says: MODEL_SAYS[model] }))}
            least={1}
            onChange={(model) => put({ model: model.length < MODELS.length ? model : undefined })}
          />
        )}
      </Word>
      {chosen.includes("time_decay") && (
        <>
          {"\u2060, decaying by half every "}
          <DurationWord
            label="Half-life"
            duration={question.half ?? HALF_USUAL}
            onChange={(half) => put({ half: half ?? undefined })}
          />
        </>
      )}
      {chosen.includes("position") && (
        <>
          {"\u2060, by position "}
          <ShareWord
            label="Share of the first touch"
            value={first}
            other={last}
            onChange={(share) => put({ first: share })}
          />
          {PER_CENT} to the first and{" "}
          <ShareWord
            label="Share of the last touch"
            value={last}
            other={first}
            onChange={(share) => put({ last: share })}
          />
          {PER_CENT} to the last
        </>
      )}
    </>
  );
}

interface ShareWordProps {
  label: string;
  value: number;
  other: number;
  onChange: (share: number | undefined) => void;
}

// Both together are a part of the whole, and not nothing.
function ShareWord({ label, value, other, onChange }: ShareWordProps) {
  return (
    <NumberWord
      label={label}
      value={value}
      least={other === 0 ? 1 : 0}
      most={100 - other}
      onChange={(share) => onChange(share === SHARE_USUAL ? undefined : (share ?? undefined))}
    />
  );
}
