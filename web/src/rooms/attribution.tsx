// Attribution: which touches before a conversion get the credit for it, by several models at once.
// What no touch came before is said too, so that the credits add up.

import { IconTrash } from "@tabler/icons-react";
import { useReport } from "../api/questions";
import type {
  AttributionAnswer,
  AttributionDefinition,
  AttributionModel,
  Breakdown,
  Cell,
  EventChoice,
} from "../api/shapes";
import { useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { AddBreakdown, BreakdownWords } from "../parts/breakdown-word";
import { ChoiceWords } from "../parts/choice-words";
import { DurationWord } from "../parts/duration-word";
import { MoreWord } from "../parts/event-word";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { PropertyWord } from "../parts/property-word";
import { SegmentWord } from "../parts/segment-word";
import { ChoiceWord, Sentence, type Choice } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Opens, Table, type Column } from "../parts/table";
import answer from "../parts/answer.module.css";
import { choice, duration, json, list, oneOf, text, type Fields } from "../words/address";
import { pooledNote, sayBreakdown, sayValue } from "../words/breakdown";
import { count, figure, people, percent } from "../words/number";
import { sayChoice } from "../words/segment";
import styles from "./room.module.css";

const WITHIN_USUAL = "30 days";
const TOUCHES_MAX = 10;

interface AttributionQuestion {
  conversion: EventChoice;
  touch: EventChoice[];
  sum: string;
  conversions: NonNullable<AttributionDefinition["conversions"]>;
  within: string;
  by: Breakdown;
}

type Asking = Partial<AttributionQuestion> & { conversion: EventChoice; touch: EventChoice[] };

const ATTRIBUTION: Fields<AttributionQuestion> = {
  conversion: choice,
  touch: list(choice, TOUCHES_MAX),
  sum: text,
  conversions: oneOf("all", "first"),
  within: duration(WITHIN_USUAL),
  by: json<Breakdown>(),
};

const MODELS: AttributionModel[] = [
  { model: "first" },
  { model: "last" },
  { model: "linear" },
  { model: "time_decay" },
  { model: "position" },
];

const MODEL_SAYS: Record<string, string> = {
  first: "First",
  last: "Last",
  linear: "Even",
  time_decay: "Decaying",
  position: "By position",
};

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
  const definition: AttributionDefinition = {
    kind: "attribution",
    conversion: question.conversion,
    touches: question.touch,
    models: MODELS,
    within: question.within ?? WITHIN_USUAL,
    ...(question.sum ? { sum: question.sum } : {}),
    ...(question.conversions ? { conversions: question.conversions } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...useAsked(),
  };
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
      <PeopleDrawer definition={definition} cell={cell} says={sayCell} onClose={() => open(null)} />
    </div>
  );
}

function sayCell(cell: Cell): string {
  if (cell["unattributed"]) return "Converted without a touch before";
  const value = cell["value"] as string[] | undefined;
  const model = cell["model"] as number | undefined;
  const by = typeof model === "number" ? MODEL_SAYS[MODELS[model]?.model ?? ""] : undefined;
  return [`Converted after ${value ? sayValue(value) : "a touch"}`, by].filter(Boolean).join(", ");
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
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />?{" "}
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
    ...MODELS.map(({ model }, at): Column<Row> => ({
      title: MODEL_SAYS[model ?? "last"] ?? "",
      figure: true,
      cell: (row) => {
        const credit = row.credits[at];
        if (!credit) return "–";
        return (
          <Opens
            label={`${sayValue(row.value)}, ${MODEL_SAYS[model ?? "last"]}: ${figure(credit.credit)}. Show the people.`}
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
        <p className={styles.hint}>
          First and last give all to one touch, even gives each alike; decaying halves with every 7
          days before, and by position gives 40 % each to the first and the last.
        </p>
      </Sheet>
    </>
  );
}
