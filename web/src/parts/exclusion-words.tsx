// What must not happen between two steps of a funnel, and what comes of it.

import { IconTrash } from "@tabler/icons-react";
import type { Exclusion } from "../api/shapes";
import type { Asking } from "../words/funnel";
import { ChoiceWords } from "./choice-words";
import { ChoiceWord, type Choice } from "./sentence";

const OUTCOMES: Choice<"attempt" | "person">[] = [
  { value: "attempt", says: "ends the attempt", means: "The steps before it still count." },
  { value: "person", says: "takes the person out", means: "They do not count at all." },
];

interface ExclusionWordsProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function ExclusionWords({ question, onChange }: ExclusionWordsProps) {
  const without = question.without ?? [];
  const put = (changed: Exclusion[]) =>
    onChange({ ...question, without: changed.length > 0 ? changed : undefined });
  const change = (at: number, changed: Partial<Exclusion>) =>
    put(without.map((one, place) => (place === at ? { ...one, ...changed } : one)));
  if (without.length === 0) return null;
  return (
    <>
      {without.map((exclusion, at) => (
        <span key={at}>
          {at === 0 ? ", without " : " and without "}
          <ChoiceWords
            choice={{ event: exclusion.event, where: exclusion.where ?? [] }}
            label={`Excluded ${at + 1}`}
            onChange={({ event, where }) => change(at, { event: event ?? exclusion.event, where })}
            acts={(close) => (
              <button
                type="button"
                onClick={() => {
                  put(without.filter((_, place) => place !== at));
                  close();
                }}
              >
                <IconTrash size={15} aria-hidden />
                Allow it again
              </button>
            )}
          />{" "}
          between{" "}
          <ChoiceWord
            value={`${exclusion.from ?? 1}-${exclusion.to ?? 2}`}
            choices={spans(question.step.length)}
            label="Between"
            onChoose={(span) => {
              const [from, to] = span.split("-").map(Number);
              change(at, { from: from ?? 1, to: to ?? 2 });
            }}
          />
        </span>
      ))}
      , which{" "}
      <ChoiceWord
        value={question.exclusion ?? "attempt"}
        choices={OUTCOMES}
        label="An excluded event"
        onChoose={(exclusion) => onChange({ ...question, exclusion })}
      />
    </>
  );
}

function spans(steps: number): Choice<string>[] {
  const found: Choice<string>[] = [];
  for (let from = 1; from < steps; from += 1)
    for (let to = from + 1; to <= steps; to += 1)
      found.push({ value: `${from}-${to}`, says: `steps ${from} and ${to}` });
  return found;
}
