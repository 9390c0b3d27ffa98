// A length of time as a word of a question.

import { DurationForm } from "./duration-form";
import { Word } from "./sentence";

const USUAL = ["10 minutes", "1 hour", "1 day", "7 days", "14 days", "30 days", "365 days"];

interface DurationWordProps {
  label: string;
  duration: string | null;
  // What stands where there is no limit; without it there is always one.
  none?: string;
  onChange: (duration: string | null) => void;
}

export function DurationWord({ label, duration, none, onChange }: DurationWordProps) {
  const says = duration ?? none ?? "";
  return (
    <Word says={says} label={`${label}: ${says}`}>
      {(close) => (
        <DurationForm
          duration={duration ?? ""}
          usual={USUAL}
          {...(none ? { none } : {})}
          onDone={(chosen) => {
            onChange(chosen || null);
            close();
          }}
        />
      )}
    </Word>
  );
}
