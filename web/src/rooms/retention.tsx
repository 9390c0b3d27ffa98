// Retention: of those who began in one week, how many come back in each week after. A triangle in
// one hue.

import { useSearchParams } from "wouter";
import { useReport } from "../api/questions";
import type { RetentionAnswer, RetentionDefinition } from "../api/shapes";
import { usePeriod, useProject } from "../frame/project";
import { Answering, FirstLoad } from "../parts/loading";
import { ProblemNote } from "../parts/problem-note";
import { PurposeMark } from "../parts/purpose-mark";
import { RetentionSentence, type RetentionQuestion } from "../parts/retention-sentence";
import { averages, Triangle } from "../parts/triangle";
import { Sheet } from "../parts/sheet";
import answer from "../parts/answer.module.css";
import { people, percent } from "../words/number";
import styles from "./room.module.css";

const PERIODS_DEFAULT = 8;
const PERIODS_MAX = 12;

export default function Retention() {
  const { project, schema } = useProject();
  const { period } = usePeriod();
  const [search, setSearch] = useSearchParams();
  const question = readRetention(search, schema.events[0]?.name ?? "");
  const definition: RetentionDefinition = {
    kind: "retention",
    start: { event: question.start },
    every: question.every,
    periods: question.periods,
    ...(question.return ? { return: { event: question.return } } : {}),
    ...(period ? { period } : {}),
  };
  const asked = useReport(project.name, "retention", definition);
  const change = (changed: RetentionQuestion) => setSearch((now) => writeRetention(now, changed));
  const cohorts = asked.data?.cohorts ?? [];
  return (
    <div className={styles.room}>
      <RetentionSentence question={question} onChange={change} />
      {asked.error && <ProblemNote failure={asked.error} again={() => void asked.refetch()} />}
      {!asked.data && !asked.error && <FirstLoad inside />}
      {asked.data && !asked.error && (
        <Answering waiting={asked.isPlaceholderData}>
          {cohorts.length === 0 ? (
            <p className={styles.hint}>
              Nobody began in this period. Choose a longer one, or another first event.
            </p>
          ) : (
            <>
              <RetentionWords answer={asked.data} question={question} />
              <Sheet
                title={`By the ${question.every} in which they began`}
                note={project.timezone}
                aside={<PurposeMark />}
              >
                <Triangle cohorts={cohorts} every={question.every} />
              </Sheet>
            </>
          )}
        </Answering>
      )}
    </div>
  );
}

function RetentionWords({
  answer: told,
  question,
}: {
  answer: RetentionAnswer;
  question: RetentionQuestion;
}) {
  const [, next] = averages(told.cohorts);
  const began = told.cohorts.reduce((sum, cohort) => sum + cohort.size, 0);
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {next === undefined ? "–" : percent(next)}
        <span className={answer.unit}>come back</span>
      </p>
      <p className={answer.words}>
        {people(began)} began with {question.start};{" "}
        {next === undefined
          ? `no full ${question.every} has passed since. `
          : `of those whose next ${question.every} has come, ${percent(next)} did ` +
            `${question.return ?? "something"} in it. `}
        The last {question.every} of a row may still be under way.
      </p>
    </div>
  );
}

function readRetention(search: URLSearchParams, first: string): RetentionQuestion {
  const every = search.get("every");
  const periods = Number(search.get("periods"));
  return {
    start: search.get("start") ?? first,
    return: search.get("return"),
    every: every === "day" || every === "month" ? every : "week",
    periods: periods >= 2 && periods <= PERIODS_MAX ? Math.floor(periods) : PERIODS_DEFAULT,
  };
}

function writeRetention(now: URLSearchParams, question: RetentionQuestion): URLSearchParams {
  const next = new URLSearchParams(now);
  next.set("start", question.start);
  if (question.return) next.set("return", question.return);
  else next.delete("return");
  next.set("every", question.every);
  next.set("periods", String(question.periods));
  return next;
}
