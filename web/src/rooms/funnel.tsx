// The funnel: a question as a sentence, its answer in words, then bars, then the table; every
// number opens its people.

import { useSearchParams } from "wouter";
import { useReport } from "../api/questions";
import { usePeriod, useProject } from "../frame/project";
import { FunnelWords } from "../parts/funnel-answer";
import { FunnelBars, type Cell } from "../parts/funnel-bars";
import { FunnelSentence } from "../parts/funnel-sentence";
import { FunnelTable } from "../parts/funnel-table";
import { Answering, FirstLoad } from "../parts/loading";
import { PeopleDrawer } from "../parts/people-drawer";
import { ProblemNote } from "../parts/problem-note";
import { PurposeMark } from "../parts/purpose-mark";
import { Sheet } from "../parts/sheet";
import { definitionOf, readFunnel, writeFunnel, type FunnelQuestion } from "../words/funnel";
import { daysBetween } from "../words/time";
import styles from "./room.module.css";

export default function Funnel() {
  const { project } = useProject();
  const { period } = usePeriod();
  const { question, cell, change, open } = useFunnelAddress();
  const definition = definitionOf(question, period);
  const asked = useReport(project.name, "funnel", definition);
  const compared = useComparison(question);
  const waiting = asked.isFetching && (asked.isPlaceholderData || asked.isLoading);
  return (
    <div className={styles.room}>
      <FunnelSentence question={question} onChange={change} />
      {asked.error && !waiting && (
        <ProblemNote failure={asked.error} again={() => void asked.refetch()} />
      )}
      {!asked.data && waiting && <FirstLoad inside />}
      {asked.data && (waiting || !asked.error) && (
        <Answering waiting={waiting}>
          <FunnelWords answer={asked.data} within={question.within} {...compared} />
          <Sheet>
            <FunnelBars answer={asked.data} onOpen={open} />
          </Sheet>
          <Sheet title="The same in figures" aside={<PurposeMark purpose={definition.purpose} />}>
            <FunnelTable answer={asked.data} onOpen={open} />
          </Sheet>
        </Answering>
      )}
      <PeopleDrawer definition={definition} cell={cell} onClose={() => open(null)} />
    </div>
  );
}

// The question and the opened cell stand in the address: both can be shared, and undone.
function useFunnelAddress() {
  const { schema } = useProject();
  const [search, setSearch] = useSearchParams();
  const names = schema.events.map((event) => event.name);
  const question = withFirstSteps(readFunnel(search), names);
  const write = (changed: FunnelQuestion, opened: Cell | null) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      writeFunnel(next, changed);
      if (opened) next.set("open", `${opened.step}${opened.reached ? "" : "-lost"}`);
      return next;
    });
  return {
    question,
    cell: readCell(search.get("open"), question.steps.length),
    change: (changed: FunnelQuestion) => write(changed, null),
    open: (opened: Cell | null) => write(question, opened),
  };
}

// The same question about the period before, where there is one.
function useComparison(question: FunnelQuestion) {
  const { project } = useProject();
  const { before } = usePeriod();
  const comparable = before?.from && before.to && question.steps.length > 1;
  const asked = useReport(
    project.name,
    "funnel",
    comparable ? definitionOf(question, before) : null,
  );
  if (!comparable || asked.isPlaceholderData) return { before: null, beforeSays: "" };
  const days = daysBetween(before.from ?? "", before.to ?? "") + 1;
  return { before: asked.data ?? null, beforeSays: `in the ${days} days before` };
}

// Someone who comes without a question sees one answered: the two most frequent events, ready to be
// changed.
function withFirstSteps(question: FunnelQuestion, names: string[]): FunnelQuestion {
  if (question.steps.length > 0) return question;
  return { ...question, steps: names.slice(0, 2).map((event) => ({ event, where: [] })) };
}

function readCell(text: string | null, steps: number): Cell | null {
  const read = /^(\d+)(-lost)?$/.exec(text ?? "");
  const step = Number(read?.[1] ?? 0);
  if (step < 1 || step > steps) return null;
  return { step, reached: !read?.[2] };
}
