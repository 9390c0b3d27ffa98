// Lifecycle: who is new, who comes back, who returns after a break, and who stays away, interval by
// interval. Every part of a bar opens its people.

import { useComputedColorScheme } from "@mantine/core";
import { useState } from "react";
import { useReport } from "../api/questions";
import type {
  Breakdown,
  Cell,
  EventChoice,
  Every,
  LifecycleAnswer,
  LifecycleDefinition,
} from "../api/shapes";
import { useAsked, usePeriod, useProject } from "../frame/project";
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
import { Sentence } from "../parts/sentence";
import { Sheet } from "../parts/sheet";
import { Stacks } from "../parts/stacks";
import { Opens, Table } from "../parts/table";
import answer from "../parts/answer.module.css";
import { tokens } from "../theme/tokens";
import { choice, json, word, type Fields } from "../words/address";
import { pooledNote, sayValue } from "../words/breakdown";
import { count, people } from "../words/number";
import { everyOf } from "../words/period";
import { interval, shortInterval } from "../words/time";
import styles from "./room.module.css";

const LIFECYCLE: Fields<{ event: EventChoice; every: Every; by: Breakdown }> = {
  event: choice,
  every: word("hour", "day", "week", "month", "quarter", "year"),
  by: json<Breakdown>(),
};

type State = "new" | "returning" | "resurrecting" | "dormant";
const STATES: State[] = ["returning", "resurrecting", "new", "dormant"];
const SAYS: Record<State, string> = {
  new: "New",
  returning: "Came back",
  resurrecting: "Returned after a break",
  dormant: "Stayed away",
};

export default function Lifecycle() {
  const { project, schema } = useProject();
  const { choice: period } = usePeriod();
  const { question, change, cell, open } = useQuestion(LIFECYCLE);
  const usual = everyOf(period, schema, project.timezone);
  const every = question.every ?? (usual === "day" ? "week" : usual);
  const event = question.event ?? { event: null };
  const definition: LifecycleDefinition = {
    kind: "lifecycle",
    event: event.event ?? null,
    where: event.where ?? [],
    every,
    ...(question.by ? { breakdown: question.by } : {}),
    ...useAsked(),
  };
  const asked = useReport(project.name, "lifecycle", definition);
  const by = (chosen: Breakdown | undefined) => change({ ...question, by: chosen });
  return (
    <div className={styles.room}>
      <Sentence>
        Of <SegmentWord />, how many did{" "}
        <ChoiceWords
          choice={event}
          label="Event"
          any="anything"
          onChange={(chosen) => change({ ...question, event: chosen })}
        />{" "}
        for the first time, again, or no more, each{" "}
        <EveryWord every={every} onChoose={(chosen) => change({ ...question, every: chosen })} />{" "}
        <PeriodWord />
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
  const said = [
    SAYS[cell["state"] as State],
    interval(String(cell["interval"]), every),
    value && sayValue(value),
  ];
  return said.filter(Boolean).join(", ");
}

interface ToldProps {
  answer: LifecycleAnswer;
  every: Every;
  onOpen: (cell: Cell) => void;
}

function Told({ answer: told, every, onOpen }: ToldProps) {
  const scheme = useComputedColorScheme("light");
  const [chosen, setChosen] = useState(0);
  const group = told.groups[chosen] ?? told.groups[0];
  const points = group?.points ?? [];
  const value = group && group.value.length > 0 ? { value: group.value } : {};
  const open = (bar: number, state: State) =>
    onOpen({ interval: points[bar]?.interval ?? "", state, ...value });
  const colours: Record<State, string> = {
    returning: tokens[scheme].accent,
    resurrecting: "var(--event-4)",
    new: "var(--event-1)",
    dormant: "var(--event-other)",
  };
  const last = points.at(-2) ?? points.at(-1);
  return (
    <>
      {last && (
        <div className={answer.answer} aria-live="polite">
          <p className={answer.number}>
            {count(last.new + last.returning + last.resurrecting)}
            <span className={answer.unit}>people, {interval(last.interval, every)}</span>
          </p>
          <p className={answer.words}>
            {people(last.new)} for the first time, {count(last.returning)} again,{" "}
            {count(last.resurrecting)} after a break; {count(last.dormant)} of the {every} before
            stayed away.
          </p>
        </div>
      )}
      <Sheet
        title={`Each ${every}`}
        note={pooledNote(told.pooled)}
        aside={<AnswerMark about={told.about} />}
      >
        <GroupPick
          values={told.groups.map((one) => one.value)}
          chosen={chosen}
          onChoose={setChosen}
        />
        <Stacks
          label={`New, returning and dormant people by ${every}, in the table below`}
          parts={STATES.map((state) => ({
            name: SAYS[state],
            colour: colours[state],
            below: state === "dormant",
          }))}
          bars={points.map((point) => ({
            name: interval(point.interval, every),
            short: shortInterval(point.interval, every),
            values: STATES.map((state) => point[state]),
          }))}
          onOpen={(bar, part) => open(bar, STATES[part] ?? "new")}
        />
      </Sheet>
      <Sheet title="The same in figures">
        <Table
          caption="Lifecycle in figures, the newest first"
          rows={points.map((point, at) => ({ ...point, at })).reverse()}
          rowsShown={14}
          columns={[
            { title: "Interval", cell: (point) => interval(point.interval, every) },
            ...STATES.map((state) => ({
              title: SAYS[state],
              figure: true,
              cell: (point: (typeof points)[number] & { at: number }) => (
                <Opens
                  label={`${SAYS[state]}, ${interval(point.interval, every)}: ${count(point[state])}. Show them.`}
                  onOpen={() => open(point.at, state)}
                >
                  {count(point[state])}
                </Opens>
              ),
            })),
          ]}
        />
      </Sheet>
    </>
  );
}
