// Attribution: which touches before a conversion get the credit for it, by several models at once.
// What no touch came before is said too, so that the credits add up.

import { IconTrash } from "@tabler/icons-react";
import { useReport } from "../api/questions";
import type { AttributionAnswer, Cell } from "../api/shapes";
import { useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { AddBreakdown, BreakdownWords } from "../parts/breakdown-word";
import { ChoiceWords } from "../parts/choice-words";
import { DurationWord } from "../parts/duration-word";
import { MoreWord } from "../parts/event-word";
import { ModelsWords } from "../parts/models-words";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { PropertyWord } from "../parts/property-word";
import { SegmentWord } from "../parts/segment-word";
import { ChoiceWord, Sentence, type Choice } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Opens, Table, type Column } from "../parts/table";
import answer from "../parts/answer.module.css";
import {
  ATTRIBUTION,
  attributionOf,
  MODEL_SAYS,
  modelsOf,
  sayAttributionCell,
  sayModels,
  TOUCHES_MAX,
  WITHIN_USUAL,
  type Asking,
} from "../words/attribution";
import { pooledNote, sayBreakdown, sayValue } from "../words/breakdown";
import { count, figure, people, percent } from "../words/number";
import { sayChoice } from "../words/segment";
import styles from "./room.module.css";

const CONVERSIONS: Choice<"all" | "first">[] = [
  { value: "all", says: "every time" },
  { value: "first", says: "the first time" },
];

export default function Attribution() {
  const { project, schema } = useProject();
  const { question: read, change, cell, open } = useQuestion(ATTRIBUTION);
  const [frequent, other] = schema.events.map((event) => event.name);
  const question: Asking = {
    ...read,
    conversion: read.conversion ?? { event: other ?? frequent ?? null },
    touch: read.touch ?? [{ event: frequent ?? null }],
  };
  const definition = attributionOf(question, useAsked());
  const asked = useReport(project.name, "attribution", definition);
  return (
    <div className={styles.room}>
      <AttributionSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {(told) =>
          told.conversions === 0 ? (
            <p className={styles.hint}>
              Nobody did {sayChoice(question.conversion)} in this period. Choose a longer one, or
              another event.
            </p>
          ) : (
            <Told answer={told} question={question} onOpen={open} />
          )
        }
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayAttributionCell(question, opened)}
        onClose={() => open(null)}
      />
    </div>
  );
}

interface AttributionSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

function AttributionSentence({ question, onChange }: AttributionSentenceProps) {
  const { touch } = question;
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  return (
    <Sentence>
      When <SegmentWord /> did{" "}
      <ChoiceWords
        choice={question.conversion}
        label="Conversion"
        onChange={(conversion) => put({ conversion })}
      />{" "}
      <PeriodWord />,{" "}
      <ChoiceWord
        value={question.conversions ?? "all"}
        choices={CONVERSIONS}
        label="Which time"
        onChoose={(conversions) => put({ conversions })}
      />
      , how much of{" "}
      <PropertyWord
        property={question.sum}
        label="Credit"
        type="number"
        instead="the credit"
        none="The credit for each conversion"
        onChoose={(sum) => put({ sum })}
      />{" "}
      goes to the{" "}
      {touch.map((one, at) => (
        <span key={at}>
          {at > 0 && " or "}
          <ChoiceWords
            choice={one}
            label={`Touch ${at + 1}`}
            any="anything"
            onChange={(changed) =>
              put({ touch: touch.map((old, place) => (place === at ? changed : old)) })
            }
            acts={(close) =>
              touch.length > 1 && (
                <button
                  type="button"
                  onClick={() => {
                    put({ touch: touch.filter((_, place) => place !== at) });
                    close();
                  }}
                >
                  <IconTrash size={15} aria-hidden />
                  Remove the touch
                </button>
              )
            }
          />
        </span>
      ))}{" "}
      {touch.length < TOUCHES_MAX && (
        <MoreWord says="add a touch" onChoose={(event) => put({ touch: [...touch, { event }] })} />
      )}{" "}
      in the{" "}
      <DurationWord
        label="Window"
        duration={question.within ?? WITHIN_USUAL}
        onChange={(within) => put({ within: within ?? WITHIN_USUAL })}
      />{" "}
      before
      <ModelsWords {...{ question, onChange }} />
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />
      {"\u2060? "}
      <AddBreakdown breakdown={question.by} onChange={(by) => put({ by })} />
    </Sentence>
  );
}

type Row = AttributionAnswer["rows"][number];

interface ToldProps {
  answer: AttributionAnswer;
  question: Asking;
  onOpen: (cell: Cell) => void;
}

function Told({ answer: told, question, onOpen }: ToldProps) {
  const { unattributed } = told;
  const named = question.by ? sayBreakdown(question.by) : "touch";
  const columns: Column<Row>[] = [
    { title: named, cell: (row) => sayValue(row.value) },
    ...modelsOf(question).map((model, at): Column<Row> => ({
      title: MODEL_SAYS[model],
      figure: true,
      cell: (row) => {
        const credit = row.credits[at];
        if (!credit) return "–";
        return (
          <Opens
            label={`${sayValue(row.value)}, ${MODEL_SAYS[model]}: ${figure(credit.credit)}. Show the people.`}
            onOpen={() => onOpen({ value: row.value, model: at })}
          >
            {credit.share === null ? figure(credit.credit) : percent(credit.share)}
          </Opens>
        );
      },
    })),
    { title: "Touches", figure: true, wide: true, cell: (row) => count(row.touches) },
    { title: "Conversions", figure: true, wide: true, cell: (row) => count(row.conversions) },
  ];
  return (
    <>
      <div className={answer.answer} aria-live="polite">
        <p className={answer.number}>
          {figure(told.total)}
          <span className={answer.unit}>{question.sum ? `of ${question.sum}` : "conversions"}</span>
        </p>
        <p className={answer.words}>
          {count(told.conversions)} times by {people(told.people)}.{" "}
          {unattributed.conversions > 0 ? (
            <>
              Before{" "}
              <Opens
                label={`Show the ${people(unattributed.people)} without a touch`}
                onOpen={() => onOpen({ unattributed: true })}
              >
                {count(unattributed.conversions)}
              </Opens>{" "}
              of them there was no touch.
            </>
          ) : (
            "There was a touch before every one."
          )}
        </p>
      </div>
      <Sheet
        title={`Share of the credit by ${named}`}
        note={pooledNote(told.pooled)}
        aside={<AnswerMark about={told.about} />}
      >
        <Table caption="Credit by model" rows={told.rows} columns={columns} rowsShown={20} />
        <p className={styles.hint}>{sayModels(question)}</p>
      </Sheet>
    </>
  );
}
