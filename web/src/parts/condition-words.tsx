// Conditions as words of a question: each opens its form, the last word adds one more.

import type { Condition, Of } from "../api/shapes";
import { sayCondition } from "../words/condition";
import { ConditionForm } from "./condition-form";
import { Word } from "./sentence";

interface ConditionWordsProps {
  where: Condition[];
  label: string;
  // What leads to the first of them.
  lead?: string;
  of?: Of[];
  onChange: (where: Condition[]) => void;
}

export function ConditionWords({
  where,
  label,
  lead = "where",
  of,
  onChange,
}: ConditionWordsProps) {
  return where.map((condition, place) => (
    <span key={place}>
      {place === 0 ? ` ${lead} ` : " and "}
      <Word says={sayCondition(condition)} label={`${label}: ${sayCondition(condition)}`}>
        {(close) => (
          <ConditionForm
            condition={condition}
            {...(of ? { of } : {})}
            onDone={(changed) => {
              onChange(where.map((one, number) => (number === place ? changed : one)));
              close();
            }}
            onRemove={() => {
              onChange(where.filter((_, number) => number !== place));
              close();
            }}
          />
        )}
      </Word>
    </span>
  ));
}
