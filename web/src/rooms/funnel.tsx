// The funnel: a question as a sentence, its answer in words, then the side of it one looks at:
// steps, over time, how long it took, what goes with it. Every number opens its people.

import { useReport } from "../api/questions";
import type { FunnelAnswer, FunnelCell, FunnelDefinition } from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { FunnelWords } from "../parts/funnel-answer";
import { FunnelBars } from "../parts/funnel-bars";
import { FunnelDuration, FunnelOverTime, FunnelWhy } from "../parts/funnel-sides";
import { FunnelGroups } from "../parts/funnel-groups";
import { FunnelSentence } from "../parts/funnel-sentence";
import { FunnelTable } from "../parts/funnel-table";
import { PeopleDrawer } from "../parts/people-drawer";
import { Segmented } from "../parts/segmented";
import { Sheet } from "../parts/sheet";
import { sayBreakdown } from "../words/breakdown";
import {
  definitionOf,
  FUNNEL,
  sayFunnelCell,
  WITHIN_USUAL,
  type Asking,
  type Show,
} from "../words/funnel";
import { daysBetween } from "../words/time";
import styles from "./room.module.css";

const SHOWS: { value: Show; says: string }[] = [
  { value: "steps", says: "Steps" },
  { value: "time", says: "Over time" },
  { value: "duration", says: "How long" },
  { value: "why", says: "What goes with it" },
];

export default function Funnel() {
  const { project, schema } = useProject();
  const frame = useAsked();
  const { question: read, change, cell, open } = useQuestion(FUNNEL);
  // Someone who comes without a question sees one answered: the two most frequent events.
  const usual = () => schema.events.slice(0, 2).map((event) => ({ event: event.name }));
  const question: Asking = { ...read, step: read.step ?? usual() };
  const definition = definitionOf(question, frame);
  const asked = useReport(project.name, "funnel", definition);
  const compared = useComparison(question);
  const several = question.step.length > 1;
  return (
    <div className={styles.room}>
      <FunnelSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(answer) => (
          <>
            <FunnelWords
              answer={answer}
              within={question.within ?? WITHIN_USUAL}
              counted={question.count ?? "people"}
              {...compared}
            />
            {several && (
              <div>
                <Segmented
                  label="What to look at"
                  value={question.show ?? "steps"}
                  choices={SHOWS}
                  onChoose={(show) => change({ ...question, show })}
                />
              </div>
            )}
            <Side {...{ answer, definition, question, change }} onOpen={open} />
          </>
        )}
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayFunnelCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface SideProps {
  answer: FunnelAnswer;
  definition: FunnelDefinition;
  question: Asking;
  change: (question: Asking) => void;
  onOpen: (cell: FunnelCell) => void;
}

function Side({ answer, definition, question, change, onOpen }: SideProps) {
  const mark = <AnswerMark about={answer.about} />;
  if (question.show === "time")
    return <FunnelOverTime {...{ answer, question, change, onOpen, mark }} />;
  if (question.show === "duration")
    return <FunnelDuration answer={answer} definition={definition} mark={mark} />;
  if (question.show === "why") return <FunnelWhy {...{ answer, question, change, onOpen, mark }} />;
  const count = question.count;
  return (
    <>
      <Sheet>
        <FunnelBars answer={answer} onOpen={onOpen} />
      </Sheet>
      {question.by && (
        <FunnelGroups answer={answer} by={sayBreakdown(question.by)} onOpen={onOpen} />
      )}
      <Sheet title="The same in figures" aside={mark}>
        <FunnelTable
          answer={answer}
          counted={count === "visits" ? "Visits" : count === "attempts" ? "Attempts" : undefined}
          onOpen={onOpen}
        />
      </Sheet>
    </>
  );
}

// The same question about the period before, where there is one.
function useComparison(question: Asking) {
  const { project } = useProject();
  const { before } = usePeriod();
  const { segment } = useAsked();
  const comparable = before?.from && before.to && question.step.length > 1;
  const plain = { ...question, by: undefined, show: undefined };
  const asked = useReport(
    project.name,
    "funnel",
    comparable ? definitionOf(plain, { period: before, ...(segment ? { segment } : {}) }) : null,
  );
  if (!comparable || asked.isPlaceholderData) return { before: null, beforeSays: "" };
  const days = daysBetween(before.from ?? "", before.to ?? "") + 1;
  return { before: asked.data ?? null, beforeSays: `in the ${days} days before` };
}
