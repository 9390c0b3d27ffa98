// When what somebody did counts: ever, in the last days, or between two dates.

import type { Period } from "../api/shapes";
import { TwoDates } from "../frame/two-dates";
import { DurationForm } from "./duration-form";
import choices from "./sentence.module.css";

const USUAL = ["7 days", "14 days", "30 days", "90 days", "180 days", "365 days"];

export function WhenForm({ period, onDone }: { period: Period; onDone: (period: Period) => void }) {
  const ever = !period.last && !period.from && !period.to;
  return (
    <>
      <ul className={choices.choices}>
        <li>
          <button
            type="button"
            className={choices.choice}
            aria-pressed={ever}
            onClick={() => onDone({})}
          >
            ever
          </button>
        </li>
      </ul>
      <DurationForm
        duration={period.last ?? ""}
        usual={USUAL}
        lead="in the last "
        onDone={(last) => onDone({ last })}
      />
      <TwoDates
        from={period.from ?? ""}
        to={period.to ?? ""}
        onDone={(from, to) => onDone({ from, to })}
      />
    </>
  );
}
