// Cohorts: what those who began together bring in the time since, by interval, in total and a
// person. Every cell opens its people.

import { useState } from "react";
import { useReport } from "../api/questions";
import type { Cell, CohortDefinition, CohortReport, EventChoice } from "../api/shapes";
import { useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { BegunWords } from "../parts/begun-words";
import { AddBreakdown, BreakdownWords } from "../parts/breakdown-word";
import { ChoiceWords } from "../parts/choice-words";
import { ColumnsWords } from "../parts/columns-words";
import { EveryWord } from "../parts/every-word";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { PropertyWord } from "../parts/property-word";
import { Segmented } from "../parts/segmented";
import { SegmentWord } from "../parts/segment-word";
import { ChoiceWord, Sentence, type Choice } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Triangle, type Shown } from "../parts/triangle";
import answer from "../parts/answer.module.css";
import { choice, oneOf, text, type Fields } from "../words/address";
import { pooledNote, sayValue } from "../words/breakdown";
import { figure, people } from "../words/number";
import { BEGUN, begunOf, columnName, type Begin, type Begun } from "../words/retention";
import { interval } from "../words/time";
import styles from "./room.module.css";

type Measure = NonNullable<CohortDefinition["measure"]>;

interface CohortQuestion extends Begun {
  brings: EventChoice;
  measure: Measure;
  property: string;
}

type Asking = Begin & Partial<CohortQuestion>;

const COHORT: Fields<CohortQuestion> = {
  ...BEGUN,
  brings: choice,
  measure: oneOf("events", "people", "visits", "sum"),
  property: text,
};

const MEASURES: Choice<Measure>[] = [
  { value: "events", says: "how often did they do" },
  { value: "people", says: "how many did" },
  { value: "visits", says: "in how many visits did they do" },
  { value: "sum", says: "the sum of" },
];

type Side = "values" | "cumulative" | "per_person";
const SIDES: { value: Side; says: string }[] = [
  { value: "per_person", says: "A person, so far" },
  { value: "cumulative", says: "In total, so far" },
  { value: "values", says: "By interval" },
];

export default function Cohort() {
  const { project, schema } = useProject();
  const { question: read, change, cell, open } = useQuestion(COHORT);
  const question: Asking = {
    ...read,
    start: read.start ?? { event: schema.events[0]?.name ?? null },
  };
  const definition: CohortDefinition = {
    kind: "cohort",
    ...begunOf(question),
    ...(question.brings ? { brings: question.brings } : {}),
    ...(question.measure ? { measure: question.measure } : {}),
    ...(question.measure === "sum" ? { property: question.property ?? null } : {}),
    ...useAsked(),
  };
  const asked = useReport(project.name, "cohort", definition);
  return (
    <div className={styles.room}>
      <CohortSentence question={question} onChange={change} />
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
        says={(opened) => sayCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface CohortSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

function CohortSentence({ question, onChange }: CohortSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const measure = question.measure ?? "events";
  return (
    <Sentence>
      Of <SegmentWord /> who <BegunWords question={question} onChange={onChange} /> in one{" "}
      <EveryWord every={question.every ?? "week"} onChoose={(every) => put({ every })} />{" "}
      <PeriodWord />,{" "}
      <ChoiceWord
        value={measure}
        choices={MEASURES}
        label="Measure"
        onChoose={(chosen) => put({ measure: chosen })}
      />{" "}
      {measure === "sum" && (
        <>
          <PropertyWord
            property={question.property}
            label="Property"
            type="number"
            onChoose={(property) => put({ property })}
          />{" "}
          of{" "}
        </>
      )}
      <ChoiceWords
        choice={question.brings ?? { event: null }}
        label="They bring"
        any="anything"
        onChange={(brings) => put({ brings })}
      />{" "}
      in <ColumnsWords question={question} onChange={onChange} />
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />?{" "}
      <AddBreakdown breakdown={question.by} onChange={(by) => put({ by })} />
    </Sentence>
  );
}

function sayCell(definition: CohortDefinition, cell: Cell): string {
  const { every = "week", start } = definition;
  const value = cell["value"] as string[] | undefined;
  const period = cell["period"] as number | undefined;
  const said = [
    `Began with ${start.event ?? "anything"}, ${interval(String(cell["cohort"]), every)}`,
    value && sayValue(value),
    typeof period === "number" &&
      `brought something ${cell["cumulative"] ? "by" : "in"} ${columnName(definition, period)}`,
  ];
  return said.filter(Boolean).join(", ");
}

interface ToldProps {
  answer: CohortReport;
  definition: CohortDefinition;
  onOpen: (cell: Cell) => void;
}

function Told({ answer: told, definition, onOpen }: ToldProps) {
  const [side, setSide] = useState<Side>("per_person");
  const { every = "week" } = definition;
  const columns = Math.max(...told.cohorts.map((cohort) => cohort.values.length));
  const heads = Array.from({ length: columns }, (_, at) => columnName(definition, at));
  const most = Math.max(
    ...told.cohorts.flatMap((cohort) => cohort[side].map((value) => value ?? 0)),
  );
  const cumulative = side !== "values";
  const cell = (cohort: CohortReport["cohorts"][number], at: number): Shown | null => {
    const value = cohort[side][at];
    if (value === undefined || value === null) return null;
    return {
      says: figure(value),
      strength: most > 0 ? value / most : 0,
      title: `${figure(value)}, ${people(cohort.size)}`,
      ...(value > 0
        ? {
            opens: () =>
              onOpen({
                cohort: cohort.start,
                period: at,
                cumulative,
                ...(cohort.value.length > 0 ? { value: cohort.value } : {}),
              }),
          }
        : {}),
    };
  };
  const worth = told.total.per_person.findLast((value) => value !== null);
  return (
    <>
      <div className={answer.answer} aria-live="polite">
        <p className={answer.number}>
          {worth === undefined || worth === null ? "–" : figure(worth)}
          <span className={answer.unit}>a person, in the whole time</span>
        </p>
        <p className={answer.words}>
          {people(told.total.size)} began with {definition.start.event ?? "anything"}.
        </p>
      </div>
      <Sheet
        title={`By the ${every} in which they began`}
        note={["hatched is not over yet", pooledNote(told.pooled)].filter(Boolean).join(" · ")}
        aside={<AnswerMark about={told.about} />}
      >
        <div>
          <Segmented label="Shown" value={side} choices={SIDES} onChoose={setSide} />
        </div>
        <Triangle
          caption="What each group brings"
          every={every}
          heads={heads}
          rows={told.cohorts}
          average={told.total[side].map((value) =>
            value === null ? null : { says: figure(value), strength: 0, title: "All together" },
          )}
          averageSays="All together"
          cell={cell}
        />
      </Sheet>
    </>
  );
}
