// The period of every question in sight: all time, the last days, or two dates.

import { Popover } from "@mantine/core";
import { IconCalendar, IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { dayOf } from "../words/time";
import { LAST_DAYS, sayDays, sayPeriod, type PeriodChoice } from "../words/period";
import { usePeriod, useProject } from "./project";
import { TwoDates } from "./two-dates";
import styles from "./period-picker.module.css";

export function PeriodPicker() {
  const { choice } = usePeriod();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
      width={320}
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.chosen}
          onClick={() => setOpen(!open)}
          aria-label={`Period: ${sayPeriod(choice)}`}
        >
          <IconCalendar size={16} stroke={1.7} aria-hidden />
          <span className={styles.words}>{capital(sayPeriod(choice))}</span>
          <IconChevronDown size={15} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <PeriodChoices done={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

export function PeriodChoices({ done }: { done: () => void }) {
  const { project, schema } = useProject();
  const { choice, choose, period } = usePeriod();
  const edge = (instant: string | null | undefined) =>
    instant ? dayOf(instant, project.timezone) : "";
  const choices: PeriodChoice[] = [
    ...LAST_DAYS.map((days): PeriodChoice => ({ kind: "last", days })),
    { kind: "all" },
  ];
  const pick = (chosen: PeriodChoice) => {
    choose(chosen);
    done();
  };
  return (
    <div className={styles.choices}>
      <ul className={styles.list}>
        {choices.map((one) => (
          <li key={sayPeriod(one)}>
            <button
              type="button"
              className={styles.one}
              aria-pressed={sayPeriod(one) === sayPeriod(choice)}
              onClick={() => pick(one)}
            >
              <span>{capital(sayPeriod(one))}</span>
              <span className={styles.days}>
                {one.kind === "last" || sayPeriod(one) === sayPeriod(choice) || one.kind === "all"
                  ? sayDays(one, schema, project.timezone)
                  : ""}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <TwoDates
        from={choice.kind === "range" ? choice.from : (period?.from ?? edge(schema.first))}
        to={choice.kind === "range" ? choice.to : (period?.to ?? edge(schema.last))}
        onDone={(from, to) => pick({ kind: "range", from, to })}
      />
      <p className={styles.zone}>
        Days in {project.timezone}. The last days end with the newest event.
      </p>
    </div>
  );
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
