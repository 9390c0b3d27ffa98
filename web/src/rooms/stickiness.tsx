// Stickiness: on how many days people did something, and what share did so on at least that many.

import { useState } from "react";
import { useReport } from "../api/questions";
import type {
  Breakdown,
  Cell,
  EventChoice,
  Every,
  StickinessAnswer,
  StickinessDefinition,
} from "../api/shapes";
import { useAsked, useProject } from "../frame/project";
import { useQuestion } from "../frame/question";
import { AnswerMark } from "../parts/answer-mark";
import { Asked } from "../parts/asked";
import { AddBreakdown, BreakdownWords } from "../parts/breakdown-word";
import { ChoiceWords } from "../parts/choice-words";
import { EveryWord } from "../parts/every-word";
import { GroupPick } from "../parts/group-pick";
import { PeopleDrawer } from "../parts/people-drawer";
import { PeriodWord } from "../parts/period-word";
import { SegmentWord } from "../parts/segment-word";
import { ChoiceWord, Sentence, type Choice } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Stacks } from "../parts/stacks";
import { Opens, Table } from "../parts/table";
import answer from "../parts/answer.module.css";
import { choice, json, oneOf, type Fields } from "../words/address";
import { pooledNote, sayValue } from "../words/breakdown";
import { count, figure, people, percent } from "../words/number";
import { interval } from "../words/time";
import styles from "./room.module.css";

type Of = "none" | "week" | "month";

const STICKINESS: Fields<{ event: EventChoice; every: Every; of: Of; by: Breakdown }> = {
  event: choice,
  every: oneOf("day", "hour", "week", "month", "quarter", "year"),
  of: oneOf("month", "week", "none"),
  by: json<Breakdown>(),
};

const OFS: Choice<Of>[] = [
  { value: "month", says: "and in an average month" },
  { value: "week", says: "and in an average week" },
  { value: "none", says: "over the whole period alone" },
];

export default function Stickiness() {
  const { project } = useProject();
  const { question, change, cell, open } = useQuestion(STICKINESS);
  const { every = "day", of = "month", event = { event: null } } = question;
  // A month of months says nothing.
  const inner = every === "hour" || every === "day" || (every === "week" && of === "month");
  const definition: StickinessDefinition = {
    kind: "stickiness",
    event: event.event ?? null,
    where: event.where ?? [],
    every,
    ...(inner && of !== "none" ? { of } : {}),
    ...(question.by ? { breakdown: question.by } : {}),
    ...useAsked(),
  };
  const asked = useReport(project.name, "stickiness", definition);
  const by = (chosen: Breakdown | undefined) => change({ ...question, by: chosen });
  return (
    <div className={styles.room}>
      <Sentence>
        Of <SegmentWord /> who did{" "}
        <ChoiceWords
          choice={event}
          label="Event"
          any="anything"
          onChange={(chosen) => change({ ...question, event: chosen })}
        />{" "}
        <PeriodWord />, in how many{" "}
        <EveryWord every={every} onChoose={(chosen) => change({ ...question, every: chosen })} />s
        did they do it,{" "}
        <ChoiceWord
          value={of}
          choices={OFS}
          label="Within"
          onChoose={(chosen) => change({ ...question, of: chosen })}
        />
        <BreakdownWords breakdown={question.by} onChange={by} />?{" "}
        <AddBreakdown breakdown={question.by} onChange={by} />
      </Sentence>
      <Asked asked={asked}>{(told) => <Told answer={told} every={every} onOpen={open} />}</Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={(opened) => sayCell(opened, every)}
        onClose={() => open(null)}
      />
    </div>
  );
}

function sayCell(cell: Cell, every: Every): string {
  const value = cell["value"] as string[] | undefined;
  const how = `${cell["at_least"] ? "At least " : ""}${String(cell["intervals"])} ${every}s`;
  return [how, value && sayValue(value)].filter(Boolean).join(", ");
}

interface ToldProps {
  answer: StickinessAnswer;
  every: Every;
  onOpen: (cell: Cell) => void;
}

function Told({ answer: told, every, onOpen }: ToldProps) {
  const [chosen, setChosen] = useState(0);
  const group = told.groups[chosen] ?? told.groups[0];
  if (!group || group.people === 0)
    return <p className={styles.hint}>Nobody did it in this period. Choose a longer one.</p>;
  // Nobody did it more often than the last of these.
  const points = group.points.filter((point) => point.at_least > 0);
  const value = group.value.length > 0 ? { value: group.value } : {};
  const open = (intervals: number, least: boolean) =>
    onOpen({ intervals, at_least: least, ...value });
  const outer = group.of ?? [];
  return (
    <>
      <div className={answer.answer} aria-live="polite">
        <p className={answer.number}>
          {group.mean === null ? "–" : figure(group.mean)}
          <span className={answer.unit}>{every}s a person</span>
        </p>
        <p className={answer.words}>
          {people(group.people)} did it; {percent(points[1]?.share ?? 0)} of them in more than one{" "}
          {every}.
        </p>
      </div>
      <Sheet
        title={`People by their number of ${every}s`}
        note={pooledNote(told.pooled)}
        aside={<AnswerMark about={told.about} />}
      >
        <GroupPick
          values={told.groups.map((one) => one.value)}
          chosen={chosen}
          onChoose={setChosen}
        />
        <Stacks
          label={`People by number of ${every}s, in the table below`}
          parts={[{ name: `People with exactly so many ${every}s`, colour: "var(--accent)" }]}
          bars={points.map((point) => ({
            name: `${point.intervals} ${every}s`,
            short: String(point.intervals),
            values: [point.people],
          }))}
          onOpen={(bar) => open(points[bar]?.intervals ?? 1, false)}
        />
      </Sheet>
      {outer.length > 0 && (
        <Sheet
          title="In each whole interval"
          note={`people of an average ${every}, of all of them`}
        >
          <Table
            caption="Stickiness of each interval"
            rows={[...outer].reverse()}
            rowsShown={12}
            columns={[
              { title: "Interval", cell: (one) => interval(one.interval, "day") },
              { title: "People", figure: true, cell: (one) => count(one.people) },
              {
                title: `${every}s a person`,
                figure: true,
                cell: (one) => (one.mean === null ? "–" : figure(one.mean)),
              },
              {
                title: "Ratio",
                figure: true,
                cell: (one) => (one.ratio === null ? "–" : percent(one.ratio)),
              },
            ]}
          />
        </Sheet>
      )}
      <Sheet title="The same in figures">
        <Table
          caption="Stickiness in figures"
          rows={points}
          rowsShown={14}
          columns={[
            { title: `Number of ${every}s`, cell: (point) => count(point.intervals) },
            {
              title: "Exactly",
              figure: true,
              cell: (point) => (
                <Opens
                  label={`Show the ${people(point.people)} with ${point.intervals} ${every}s`}
                  onOpen={() => open(point.intervals, false)}
                >
                  {count(point.people)}
                </Opens>
              ),
            },
            {
              title: "At least",
              figure: true,
              cell: (point) => (
                <Opens
                  label={`Show the ${people(point.at_least)} with at least ${point.intervals}`}
                  onOpen={() => open(point.intervals, true)}
                >
                  {count(point.at_least)}
                </Opens>
              ),
            },
            { title: "Share", figure: true, cell: (point) => percent(point.share) },
          ]}
        />
      </Sheet>
    </>
  );
}
