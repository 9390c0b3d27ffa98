// The journey: steps that are fixed, and steps that show what people did by themselves, in one
// picture. Each step, branch and end opens its people.

import { useReport } from "../api/questions";
import { useSegments } from "../api/segments";
import type { Cell, JourneyAnswer, JourneyDefinition } from "../api/shapes";
import { useAsked, useEventColour, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { JourneySentence } from "../parts/journey-sentence";
import { PeopleDrawer } from "../parts/people-drawer";
import { Sankey } from "../parts/sankey";
import { Sheet } from "../parts/sheet";
import { Opens, Table } from "../parts/table";
import answer from "../parts/answer.module.css";
import {
  cellOf,
  isWritten,
  JOURNEY,
  pictureOf,
  sayJourneyCell,
  stepName,
  TOP_USUAL,
  WITHIN_USUAL,
  type Asking,
} from "../words/journey";
import { count, people, percent, share } from "../words/number";
import styles from "./room.module.css";

export default function Journey() {
  const { project, schema } = useProject();
  const segments = useSegments(project.name);
  const { question: read, change, cell, open } = useQuestion(JOURNEY);
  const [first] = schema.events.map((event) => event.name);
  const question: Asking = {
    ...read,
    step: read.step ?? [
      { event: first ?? null },
      { by: "event", top: TOP_USUAL },
      { by: "event", top: TOP_USUAL, optional: true },
    ],
  };
  const compared = (segments.data ?? []).filter(
    (one) => question.beside?.includes(one.name) && isWritten(one.segment),
  );
  const definition: JourneyDefinition = {
    kind: "journey",
    steps: question.step,
    within: question.within ?? WITHIN_USUAL,
    ...(compared.length > 0
      ? { compare: compared.map(({ name, title, segment }) => ({ name: title || name, segment })) }
      : {}),
    ...useAsked(),
  };
  const asked = useReport(project.name, "journey", definition);
  return (
    <div className={styles.room}>
      <JourneySentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(told) =>
          told.journeys.map((journey, at) => (
            <One
              key={journey.segment ?? ""}
              journey={journey}
              definition={definition}
              about={at === 0 ? told.about : undefined}
              onOpen={open}
            />
          ))
        }
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayJourneyCell(definition, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface OneProps {
  journey: JourneyAnswer["journeys"][number];
  definition: JourneyDefinition;
  about: JourneyAnswer["about"];
  onOpen: (cell: Cell) => void;
}

function One({ journey, definition, about, onOpen }: OneProps) {
  const colour = useEventColour();
  const began = journey.steps[0]?.people ?? 0;
  const { nodes, edges } = pictureOf(journey);
  if (began === 0)
    return (
      <p className={styles.hint}>
        {journey.segment ? `Of ${journey.segment}, nobody` : "Nobody"} took the first step in this
        period.
      </p>
    );
  return (
    <>
      <div className={answer.answer} aria-live="polite">
        <p className={answer.number}>
          {share(journey.completed, began)}
          <span className={answer.unit}>
            came through{journey.segment && `, ${journey.segment}`}
          </span>
        </p>
        <p className={answer.words}>
          {count(journey.completed)} of the {people(began)} who took the first step, within{" "}
          {definition.within}.
        </p>
      </div>
      <Sheet
        title={journey.segment ?? "Step by step"}
        note="where a band fades, journeys end"
        {...(about ? { aside: <AnswerMark about={about} /> } : {})}
      >
        <Sankey
          label="The journey, step by step"
          heads={journey.steps.map((step) => `${step.step}. ${nameOf(definition, step.step)}`)}
          nodes={nodes}
          edges={edges}
          colour={colour}
          onNode={(node) => onOpen(cellOf(journey, node.column, node.name))}
          onLost={(node) => onOpen(cellOf(journey, node.column, node.name, true))}
        />
        <Steps journey={journey} definition={definition} onOpen={onOpen} />
      </Sheet>
    </>
  );
}

function nameOf(definition: JourneyDefinition, number: number): string {
  const step = definition.steps[number - 1];
  return step ? stepName(step) : "";
}

function Steps({ journey, definition, onOpen }: Omit<OneProps, "about">) {
  return (
    <Table
      caption="The steps of the journey"
      rows={journey.steps}
      columns={[
        {
          title: "Step",
          cell: (step) =>
            `${step.step}. ${nameOf(definition, step.step)}${step.optional ? " (or not)" : ""}`,
        },
        {
          title: "People",
          figure: true,
          cell: (step, at) => (
            <Opens
              label={`Show the ${people(step.people)} of step ${step.step}`}
              onOpen={() => onOpen(cellOf(journey, at, null))}
            >
              {count(step.people)}
            </Opens>
          ),
        },
        { title: "Of the first", figure: true, cell: (step) => percent(step.conversion) },
        {
          title: "Of the step before",
          figure: true,
          wide: true,
          cell: (step) => percent(step.of_previous),
        },
        {
          title: "Ended here",
          figure: true,
          cell: (step, at) =>
            step.dropped > 0 ? (
              <Opens
                label={`Show the ${people(step.dropped)} who ended at step ${step.step}`}
                onOpen={() => onOpen(cellOf(journey, at, null, true))}
              >
                {count(step.dropped)}
              </Opens>
            ) : (
              "–"
            ),
        },
      ]}
    />
  );
}
