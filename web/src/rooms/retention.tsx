// Retention: of those who began in one week, how many come back in each week after. The average as
// a line above, the triangle in one hue below; every cell opens its people.

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { useReport } from "../api/questions";
import type {
  RetentionAnswer,
  RetentionCell,
  RetentionCohort,
  RetentionDefinition,
} from "../api/shapes";
import { useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { LineChart } from "../parts/line-chart";
import { PeopleDrawer } from "../parts/people-drawer";
import { RetentionSentence } from "../parts/retention-sentence";
import { Sheet } from "../parts/sheet";
import { Triangle, type Shown } from "../parts/triangle";
import answer from "../parts/answer.module.css";
import { hueValue } from "../theme/event-colour";
import { tokens } from "../theme/tokens";
import { pooledNote, sayValue } from "../words/breakdown";
import { count, figure, people, percent } from "../words/number";
import {
  columnName,
  RETENTION,
  retentionOf,
  sayRetentionCell,
  type Asking,
} from "../words/retention";
import styles from "./room.module.css";

const VALUES_SHOWN = 7;

export default function Retention() {
  const { project, schema } = useProject();
  const { question: read, change, cell, open } = useQuestion(RETENTION);
  const question: Asking = {
    ...read,
    start: read.start ?? { event: schema.events[0]?.name ?? null },
  };
  const definition = retentionOf(question, useAsked());
  const asked = useReport(project.name, "retention", definition);
  return (
    <div className={styles.room}>
      <RetentionSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(told) =>
          told.cohorts.length === 0 ? (
            <p className={styles.hint}>
              Nobody began in this period. Choose a longer one, or another first event.
            </p>
          ) : (
            <Told answer={told} definition={definition} onOpen={open} />
          )
        }
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayRetentionCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface ToldProps {
  answer: RetentionAnswer;
  definition: RetentionDefinition;
  onOpen: (cell: RetentionCell) => void;
}

function Told({ answer: told, definition, onOpen }: ToldProps) {
  const { project } = useProject();
  const { every = "week" } = definition;
  const columns = Math.max(...told.cohorts.map((cohort) => cohort.people.length));
  const heads = Array.from({ length: columns }, (_, at) => columnName(definition, at));
  const note = [project.timezone, pooledNote(told.pooled)].filter(Boolean).join(" · ");
  return (
    <>
      <RetentionWords answer={told} definition={definition} />
      <Sheet
        title={
          definition.measure === "people" || !definition.measure
            ? "On average"
            : "A person, on average"
        }
        note="of those who had the time"
        aside={<AnswerMark about={told.about} />}
      >
        <Averages answer={told} heads={heads} share={isShare(definition)} />
      </Sheet>
      <Sheet
        title={`By the ${every} in which they began`}
        note={`${note} · hatched is not over yet`}
      >
        <Triangle
          caption="Share of each group that came back"
          every={every}
          heads={heads}
          rows={told.cohorts}
          average={(told.average ?? []).map((value, at) =>
            value === null
              ? null
              : {
                  says: isShare(definition) ? percent(value) : figure(value),
                  strength: at === 0 ? 0 : value / mostOf(told),
                  title: "On average",
                },
          )}
          cell={(cohort, at) => shown(cohort, at, { told, definition, onOpen })}
        />
      </Sheet>
    </>
  );
}

const isShare = ({ measure = "people" }: RetentionDefinition): boolean => measure === "people";

// The darkest cell is the best return, not the first column, which is everyone.
function mostOf(told: RetentionAnswer): number {
  const returns = (told.average ?? []).slice(1).map((value) => value ?? 0);
  const cells = told.cohorts.flatMap((cohort) =>
    cohort.people.slice(1).map((value) => (cohort.size > 0 ? value / cohort.size : 0)),
  );
  return Math.max(
    0.01,
    ...(told.cohorts.some((cohort) => cohort.amounts.length > 0) ? returns : cells),
  );
}

interface ShownIn {
  told: RetentionAnswer;
  definition: RetentionDefinition;
  onOpen: (cell: RetentionCell) => void;
}

function shown(
  cohort: RetentionCohort,
  at: number,
  { told, definition, onOpen }: ShownIn,
): Shown | null {
  const back = cohort.people[at];
  // Nothing can be said of a column that has not begun.
  if (back === undefined || (at > cohort.finished && back === 0)) return null;
  const share = cohort.size > 0 ? back / cohort.size : 0;
  const amount = cohort.amounts[at];
  const value = cohort.value.length > 0 ? cohort.value : null;
  const opens = { cohort: cohort.start, period: at, value, returned: true };
  return {
    says: isShare(definition) || amount === undefined ? percent(share) : figure(amount),
    strength:
      at === 0
        ? 0
        : (amount === undefined ? share : amount / Math.max(1, cohort.size)) / mostOf(told),
    title: `${people(back)} of ${count(cohort.size)}`,
    ...(back > 0 ? { opens: () => onOpen(opens) } : {}),
  };
}

interface AveragesProps {
  answer: RetentionAnswer;
  heads: string[];
  share: boolean;
}

function Averages({ answer: told, heads, share }: AveragesProps) {
  const scheme = useComputedColorScheme("light");
  const lines = useMemo(() => {
    const all = { name: "All", colour: tokens[scheme].accent, values: told.average ?? [] };
    const each = (told.by_value ?? []).slice(0, VALUES_SHOWN).map((one, at) => ({
      name: sayValue(one.value),
      colour: hueValue(at, scheme),
      values: one.average,
    }));
    return each.length > 0 ? [...each, { ...all, pale: true }] : [all];
  }, [told, scheme]);
  return (
    <LineChart
      starts={heads}
      every="week"
      write={(head) => head}
      lines={lines}
      unit={share ? "share" : "count"}
      says={`The average of each column, ${heads.length} values, in the first row of the table below.`}
      height={200}
      named={lines.length > 1}
    />
  );
}

function RetentionWords({ answer: told, definition }: Omit<ToldProps, "onOpen">) {
  const next = told.average?.[1];
  const began = told.cohorts.reduce((sum, cohort) => sum + cohort.size, 0);
  const { every = "week" } = definition;
  const first = columnName(definition, 1);
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {next === undefined || next === null
          ? "–"
          : isShare(definition)
            ? percent(next)
            : figure(next)}
        <span className={answer.unit}>
          {isShare(definition) ? "come back" : "a person"}
          {definition.brackets ? `, ${first.toLowerCase()}` : `, one ${every} later`}
        </span>
      </p>
      <p className={answer.words}>
        {people(began)} began with {definition.start.event ?? "anything"}.{" "}
        {next === undefined || next === null
          ? `Nobody has had a full ${every} since.`
          : `The share is of those whose next ${every} is over.`}
      </p>
    </div>
  );
}
