// The trend: how often events happen over time, one line each with its name beside it, then totals
// and the table. Every point opens its people.

import { useReport } from "../api/questions";
import type { TrendAnswer, TrendCell, TrendDefinition } from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { PeopleDrawer } from "../parts/people-drawer";
import { Sheet } from "../parts/sheet";
import { TrendCurves } from "../parts/trend-curves";
import { TrendSentence } from "../parts/trend-sentence";
import { TrendFigures, TrendTotals } from "../parts/trend-tables";
import answer from "../parts/answer.module.css";
import { pooledNote } from "../words/breakdown";
import { change as sayChange } from "../words/number";
import { everyOf, sayPeriod } from "../words/period";
import {
  lineName,
  measureOf,
  sayFigure,
  sayTrendCell,
  TREND,
  trendOf,
  type Asking,
} from "../words/trend";
import styles from "./room.module.css";

export default function Trend() {
  const { project, schema } = useProject();
  const { choice } = usePeriod();
  const { question: read, change, cell, open } = useQuestion(TREND);
  const question: Asking = {
    ...read,
    event: read.event ?? [{ event: schema.events[0]?.name ?? null }],
    every: read.every ?? everyOf(choice, schema, project.timezone),
  };
  const definition = trendOf(question, useAsked());
  const asked = useReport(project.name, "trend", definition);
  return (
    <div className={styles.room}>
      <TrendSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(told) => <Told answer={told} definition={definition} onOpen={open} />}
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayTrendCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface ToldProps {
  answer: TrendAnswer;
  definition: TrendDefinition;
  onOpen: (cell: TrendCell) => void;
}

function Told({ answer: told, definition, onOpen }: ToldProps) {
  const { project } = useProject();
  return (
    <>
      <TrendWords answer={told} definition={definition} />
      <Sheet
        title={`Each ${definition.every}`}
        note={[project.timezone, pooledNote(told.pooled)].filter(Boolean).join(" · ")}
        aside={<AnswerMark about={told.about} />}
      >
        <TrendCurves answer={told} definition={definition} onOpen={onOpen} />
      </Sheet>
      {told.series.length > 1 && (
        <Sheet title="Over the whole period">
          <TrendTotals answer={told} definition={definition} onOpen={onOpen} />
        </Sheet>
      )}
      <Sheet title="The same in figures">
        <TrendFigures answer={told} definition={definition} onOpen={onOpen} />
      </Sheet>
    </>
  );
}

// The first line in one number: the whole period, not the sum of its intervals.
function TrendWords({ answer: told, definition }: Omit<ToldProps, "onOpen">) {
  const { choice } = usePeriod();
  const [first] = told.series;
  if (!first || first.total === null || first.total === undefined) return null;
  const asked = definition.series[first.series ?? 0];
  const before = first.total_before;
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {sayFigure(first.total)}
        <span className={answer.unit}>{measureOf(asked?.measure).name.toLowerCase()}</span>
      </p>
      <p className={answer.words}>
        {lineName(first, definition)}, {sayPeriod(choice)}.{" "}
        {before !== null && before !== undefined && (
          <>
            That is {sayChange(first.total, before)} {first.total === before ? "as" : "than"} the{" "}
            {sayFigure(before)} in the period before.
          </>
        )}
      </p>
    </div>
  );
}
