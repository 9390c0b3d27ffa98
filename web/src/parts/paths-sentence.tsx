// The question about paths, word by word: which event, on which side of it, how far, and what is
// left out or put together.

import { IconTrash } from "@tabler/icons-react";
import type { EventChoice } from "../api/shapes";
import { useProject, useProperties } from "../frame/project";
import { STEPS_USUAL, type Asking, type PathsQuestion } from "../words/paths";
import { ChoiceWords } from "./choice-words";
import { MoreOptions, type Option } from "./more-options";
import { NumberWord } from "./number-word";
import { PatternWords } from "./pattern-words";
import { PeriodWord } from "./period-word";
import { PropertyWord } from "./property-word";
import { SegmentWord } from "./segment-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";

const SIDES: Choice<PathsQuestion["side"]>[] = [
  { value: "around", says: "just before and just after" },
  { value: "from", says: "step by step after" },
  { value: "to", says: "step by step before" },
];

const BY: Choice<PathsQuestion["by"]>[] = [
  { value: "person", says: "over all their visits" },
  { value: "visit", says: "within one visit" },
];

const OCCURRENCES: Choice<PathsQuestion["occurrence"]>[] = [
  { value: "first", says: "the first time" },
  { value: "every", says: "every time" },
];

interface PathsSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function PathsSentence({ question, onChange }: PathsSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const { side = "around" } = question;
  const { schema } = useProject();
  const other = schema.events.find(({ name }) => name !== question.event.event)?.name;
  const property = useProperties()[0]?.name;
  return (
    <Sentence>
      What do <SegmentWord /> do{" "}
      <ChoiceWord
        value={side}
        choices={SIDES}
        label="Side"
        onChoose={(chosen) => put({ side: chosen })}
      />{" "}
      <ChoiceWords choice={question.event} label="Event" onChange={(event) => put({ event })} />{" "}
      {side !== "around" && (
        <>
          <ChoiceWord
            value={question.occurrence ?? "first"}
            choices={OCCURRENCES}
            label="Which time"
            onChoose={(occurrence) => put({ occurrence })}
          />
          , in{" "}
          <NumberWord
            label="Steps"
            value={question.steps ?? STEPS_USUAL}
            least={2}
            most={20}
            onChange={(steps) => put({ steps: steps ?? undefined })}
          />{" "}
          steps{" "}
        </>
      )}
      <ChoiceWord
        value={question.by ?? "person"}
        choices={BY}
        label="A path lasts"
        onChoose={(by) => put({ by })}
      />{" "}
      <PeriodWord />
      <Said {...{ question, onChange }} />?{" "}
      <MoreOptions options={optionsOf(question, { other, property }, put)} />
    </Sentence>
  );
}

function Said({ question, onChange }: PathsSentenceProps) {
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const hide = question.hide ?? [];
  const putHide = (changed: EventChoice[]) =>
    put({ hide: changed.length > 0 ? changed : undefined });
  return (
    <>
      {hide.map((choice, at) => (
        <span key={at}>
          {at === 0 ? ", as if there were no " : " and no "}
          <ChoiceWords
            choice={choice}
            label={`Left out ${at + 1}`}
            onChange={(changed) =>
              putHide(hide.map((one, place) => (place === at ? changed : one)))
            }
            acts={(close) => (
              <button
                type="button"
                onClick={() => {
                  putHide(hide.filter((_, place) => place !== at));
                  close();
                }}
              >
                <IconTrash size={15} aria-hidden />
                See it again
              </button>
            )}
          />
        </span>
      ))}
      <PatternWords
        groups={question.group ?? []}
        onChange={(group) => put({ group: group.length > 0 ? group : undefined })}
      />
      {question.property && (
        <>
          , {question.property.event} by its{" "}
          <PropertyWord
            property={question.property.property}
            label="By its"
            none="Its name alone"
            onChoose={(property) =>
              put({
                property:
                  property && question.property ? { ...question.property, property } : undefined,
              })
            }
          />
        </>
      )}
      {question.merge && (
        <>
          ,{" "}
          <ChoiceWord
            value="yes"
            choices={[
              { value: "yes", says: "repeats as one" },
              { value: "no", says: "each repeat by itself" },
            ]}
            label="Repeats"
            onChoose={(chosen) => put({ merge: chosen === "yes" })}
          />
        </>
      )}
    </>
  );
}

interface Known {
  other: string | undefined;
  property: string | undefined;
}

function optionsOf(
  question: Asking,
  { other, property }: Known,
  put: (changed: Partial<Asking>) => void,
): Option[] {
  const event = question.event.event ?? "";
  const options: (Option & { when: boolean })[] = [
    {
      says: "Repeats as one",
      means: "A run of the same event counts once.",
      when: !question.merge,
      onChoose: () => put({ merge: true }),
    },
    {
      says: "Leave an event out",
      means: "As if it had never happened.",
      when: other !== undefined,
      onChoose: () => put({ hide: [...(question.hide ?? []), { event: other }] }),
    },
    {
      says: "Several events under one name",
      means: "By a pattern of their names.",
      when: true,
      onChoose: () =>
        put({ group: [...(question.group ?? []), { name: "Together", pattern: `^${event}` }] }),
    },
    {
      says: "An event by one of its properties",
      means: "Pages by their path, products by their name.",
      when: !question.property && event !== "" && property !== undefined,
      onChoose: () => put({ property: { event, property: property ?? "" } }),
    },
  ];
  return options.filter((one) => one.when);
}
