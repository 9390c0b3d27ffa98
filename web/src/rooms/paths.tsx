// Paths: what people do just before and just after an event, or step by step from it or towards it.
// Nodes, bands and whole paths open their people; a path opens as a funnel.

import { IconFilter } from "@tabler/icons-react";
import { Link } from "wouter";
import { useReport } from "../api/questions";
import type { PathsAnswer, PathsCell, PathsDefinition, PathsSequence } from "../api/shapes";
import { useAddress, useAsked, useEventColour, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { AroundEvent } from "../parts/around-event";
import { Asked } from "../parts/asked";
import { PathsSentence } from "../parts/paths-sentence";
import { PeopleDrawer } from "../parts/people-drawer";
import { Sankey } from "../parts/sankey";
import { Sheet } from "../parts/sheet";
import { Opens, Table } from "../parts/table";
import answer from "../parts/answer.module.css";
import { writeQuestion } from "../words/address";
import { FUNNEL, type FunnelQuestion } from "../words/funnel";
import { count, people, share } from "../words/number";
import { behindOf, PATHS, pathsOf, pictureOf, sayPathsCell, type Asking } from "../words/paths";
import { sayChoice } from "../words/segment";
import styles from "./room.module.css";

const ROWS_SHOWN = 10;

export default function Paths() {
  const { project, schema } = useProject();
  const { question: read, change, cell, open } = useQuestion(PATHS);
  const question: Asking = {
    ...read,
    event: read.event ?? { event: schema.events[0]?.name ?? null },
  };
  const definition = pathsOf(question, useAsked());
  const asked = useReport(project.name, "paths", definition);
  const around = (question.side ?? "around") === "around";
  return (
    <div className={styles.room}>
      <PathsSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(told) =>
          around ? (
            <AroundEvent
              answer={told}
              event={question.event.event ?? ""}
              by={question.by ?? "person"}
              onChoose={(event) => change({ ...question, event: { event } })}
              onOpen={open}
            />
          ) : (
            <BySteps answer={told} definition={definition} onOpen={open} />
          )
        }
      </Asked>
      <PeopleDrawer
        definition={behindOf(definition, cell)}
        cell={cell}
        says={(opened) => sayPathsCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface ByStepsProps {
  answer: PathsAnswer;
  definition: PathsDefinition;
  onOpen: (cell: PathsCell) => void;
}

function BySteps({ answer: told, definition, onOpen }: ByStepsProps) {
  const colour = useEventColour();
  const towards = Boolean(definition.to);
  const { steps, nodes, edges } = pictureOf(told, towards);
  const heads = steps.map((step) =>
    step === 1
      ? towards
        ? "The end"
        : "The start"
      : towards
        ? `${step - 1} before`
        : `${step - 1} after`,
  );
  if (nodes.length === 0)
    return (
      <p className={styles.hint}>
        Nobody did this in this period. Choose a longer one, or another event.
      </p>
    );
  return (
    <>
      <PathsWords answer={told} definition={definition} />
      <Sheet
        title={towards ? "What led to it" : "What came of it"}
        note={towards ? undefined : "where a band fades, paths end"}
        aside={<AnswerMark about={told.about} />}
      >
        <Sankey
          label="Paths by step"
          heads={heads}
          nodes={nodes}
          edges={edges}
          colour={colour}
          onNode={(node) => onOpen({ step: steps[node.column] ?? null, event: node.name })}
          onLost={(node) =>
            onOpen({ step: steps[node.column] ?? null, event: node.name, dropped: true })
          }
          onEdge={(edge) =>
            onOpen({
              step: (steps[edge.column] ?? 1) - (towards ? 1 : 0),
              from: edge.from,
              to: edge.to,
            })
          }
        />
      </Sheet>
      <Sheet
        title="The most frequent paths"
        note={`of ${count(told.paths)}${towards ? "" : ", each opens as a funnel"}`}
      >
        <Sequences answer={told} onOpen={onOpen} />
      </Sheet>
    </>
  );
}

function PathsWords({ answer: told, definition }: Omit<ByStepsProps, "onOpen">) {
  const [first] = told.sequences ?? [];
  const anchor = definition.from ?? definition.to;
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        {count(told.paths)}
        <span className={answer.unit}>paths of {people(told.people)}</span>
      </p>
      <p className={answer.words}>
        {definition.from ? "From" : "Towards"} {anchor && sayChoice(anchor)}.{" "}
        {first && (
          <>
            The most frequent is {first.path.join(" › ")}: {count(first.count)},{" "}
            {share(first.count, told.paths)}.
          </>
        )}
      </p>
    </div>
  );
}

function Sequences({ answer: told, onOpen }: Pick<ByStepsProps, "answer" | "onOpen">) {
  return (
    <Table
      caption="Whole paths, the most frequent first"
      rows={told.sequences ?? []}
      rowsShown={ROWS_SHOWN}
      columns={[
        {
          title: "Path",
          cell: (one) => (
            <span className={styles.path} title={one.path.join(" › ")}>
              {one.path.join(" › ")}
            </span>
          ),
        },
        {
          title: "People",
          figure: true,
          cell: (one) => (
            <Opens
              label={`Show the ${people(one.people)} of ${one.path.join(", ")}`}
              onOpen={() => onOpen({ path: one.path })}
            >
              {count(one.people)}
            </Opens>
          ),
        },
        { title: "Paths", figure: true, wide: true, cell: (one) => count(one.count) },
        { title: "Share", figure: true, wide: true, cell: (one) => share(one.count, told.paths) },
        { title: "Funnel", figure: true, cell: (one) => <AsFunnel sequence={one} /> },
      ]}
    />
  );
}

function AsFunnel({ sequence }: { sequence: PathsSequence }) {
  const address = useAddress();
  if (!sequence.funnel) return "–";
  const { steps, order, within } = sequence.funnel as {
    steps: FunnelQuestion["step"];
    order?: FunnelQuestion["order"];
    within?: string;
  };
  const question = new URLSearchParams();
  writeQuestion(question, FUNNEL, {
    step: steps,
    ...(order ? { order } : {}),
    ...(within ? { within } : {}),
  });
  const wanted: Record<string, string[]> = {};
  for (const name of new Set(question.keys())) wanted[name] = question.getAll(name);
  return (
    <Link
      href={address("funnel", wanted)}
      className={styles.link}
      aria-label={`Open ${sequence.path.join(", ")} as a funnel`}
    >
      <IconFilter size={15} aria-hidden /> Open
    </Link>
  );
}
