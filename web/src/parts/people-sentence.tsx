// The question about people in columns, word by word: of whom, what is known of each, what each of
// them did, and by what the list is ordered.

import {
  columnsOf,
  DIDS_MAX,
  namesOf,
  orderOf,
  sayEnd,
  type Asking,
  type Did,
} from "../words/people";
import { letter } from "../words/trend";
import { MoreWord } from "./event-word";
import { FormulaWords } from "./formula-words";
import { MetricWords } from "./metric-words";
import { MoreOptions, type Option } from "./more-options";
import { PeriodWord } from "./period-word";
import { SegmentWord } from "./segment-word";
import { ChoiceWord, Sentence } from "./sentence";
import { ToldWords } from "./told-words";

interface PeopleSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function PeopleSentence({ question, onChange }: PeopleSentenceProps) {
  const { property = [], did = [], formula = [], ascending = false } = question;
  const put = (changed: Asking) => onChange({ ...question, ...changed });
  const putDid = (changed: Did[]) => put({ did: changed.length > 0 ? changed : undefined });
  // Letters move up when one is left out, so what was ordered by them no longer is.
  const leaveOut = (at: number) =>
    onChange({
      ...question,
      did: did.filter((_, place) => place !== at),
      by: undefined,
      ascending: undefined,
    });
  const columns = columnsOf(question);
  const by = orderOf(question);
  const shows = columns.find((column) => column.by === by)?.shows ?? "value";
  return (
    <Sentence>
      Who of <SegmentWord /> was there <PeriodWord />
      <ToldWords property={property} onChange={(chosen) => put({ property: chosen })} />
      {did.map((one, at) => (
        <span key={at}>
          {at === 0 ? "\u2060, and " : "\u2060, "}
          {formula.length > 0 && <b>{letter(at)}: </b>}
          <MetricWords
            did={one}
            at={at}
            onChange={(changed) =>
              putDid(did.map((old, place) => (place === at ? changed : old)))
            }
            onRemove={() => leaveOut(at)}
          />
        </span>
      ))}
      <FormulaWords
        formulas={formula}
        names={`Columns go by ${namesOf(did)}`}
        onChange={(changed) => put({ formula: changed.length > 0 ? changed : undefined })}
      />{" "}
      {did.length < DIDS_MAX && (
        <MoreWord says="add what they did" onChoose={(event) => putDid([...did, { event }])} />
      )}
      {"\u2060, ordered by "}
      <ChoiceWord
        value={by}
        choices={columns.map((column) => ({ value: column.by, says: column.title }))}
        label="Ordered by"
        onChoose={(chosen) => put({ by: chosen })}
      />
      {"\u2060, "}
      <ChoiceWord
        value={ascending ? "up" : "down"}
        choices={[
          { value: "down", says: sayEnd(shows, false) },
          { value: "up", says: sayEnd(shows, true) },
        ]}
        label="First"
        onChoose={(chosen) => put({ ascending: chosen === "up" })}
      />
      {"\u2060? "}
      <MoreOptions options={optionsOf(question, put)} />
    </Sentence>
  );
}

function optionsOf(question: Asking, put: (changed: Asking) => void): Option[] {
  const { formula = [], did = [] } = question;
  return [
    {
      says: "A formula of the columns",
      means: "How much each time, or how often a visit: B / A.",
      onChoose: () =>
        put({
          formula: [...formula, { name: "", formula: did.length > 1 ? "B / A" : "events * 1" }],
        }),
    },
  ];
}
