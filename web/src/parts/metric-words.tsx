// What somebody did, as a figure of each: a measure, of which events, of which of their properties,
// and when, if not in the period of the question.

import { IconCalendar, IconTrash } from "@tabler/icons-react";
import { useProperties } from "../frame/project";
import { measureOf, MEASURES, type Did } from "../words/people";
import { sayWhen } from "../words/segment";
import { ChoiceWords } from "./choice-words";
import { PropertyWord } from "./property-word";
import { ChoiceWord, Word } from "./sentence";
import { WhenForm } from "./when-form";

const PERIOD_USUAL = { last: "30 days" };

interface MetricWordsProps {
  did: Did;
  at: number;
  onChange: (did: Did) => void;
  onRemove: () => void;
}

export function MetricWords({ did, at, onChange, onRemove }: MetricWordsProps) {
  const properties = useProperties();
  const said = measureOf(did);
  const fits = (ofProperty: "number" | "any") =>
    properties.filter((one) => ofProperty === "any" || one.types.includes(ofProperty));
  // A property is only asked for where there is one.
  const measures = MEASURES.filter((one) => !one.ofProperty || fits(one.ofProperty).length > 0);
  const measure = (place: number) => {
    const { measure: chosen, ofProperty } = measures[place] ?? said;
    const { property: former, ...rest } = did;
    const known = ofProperty ? fits(ofProperty) : [];
    const [first] = known;
    const property = known.find((one) => one.name === former)?.name ?? first?.name;
    onChange({ ...rest, measure: chosen, ...(property ? { property } : {}) });
  };
  return (
    <>
      <ChoiceWord
        value={measures.indexOf(said)}
        choices={measures.map(({ says, ofProperty }, place) => ({
          value: place,
          says: ofProperty ? `${says} … a property` : says,
        }))}
        says={said.says}
        label={`Measure ${at + 1}`}
        onChoose={measure}
      />{" "}
      {said.ofProperty && (
        <>
          <PropertyWord
            property={did.property}
            label={`Property ${at + 1}`}
            {...(said.ofProperty === "number" ? { type: said.ofProperty } : {})}
            onChoose={(property) => onChange({ ...did, property: property ?? null })}
          />
          {" of "}
        </>
      )}
      <ChoiceWords
        choice={{ event: did.event ?? null, where: did.where ?? [] }}
        label={`Event ${at + 1}`}
        any="anything"
        onChange={(choice) => onChange({ ...did, ...choice })}
        acts={(close) => (
          <>
            <button
              type="button"
              disabled={Boolean(did.period)}
              onClick={() => {
                onChange({ ...did, period: PERIOD_USUAL });
                close();
              }}
            >
              <IconCalendar size={15} aria-hidden />
              Its own period
            </button>
            <button
              type="button"
              onClick={() => {
                onRemove();
                close();
              }}
            >
              <IconTrash size={15} aria-hidden />
              Leave it out
            </button>
          </>
        )}
      />
      {did.period && (
        <>
          {" "}
          <Word
            says={sayWhen(did.period) || "ever"}
            label={`When ${at + 1}: ${sayWhen(did.period) || "ever"}`}
          >
            {(close) => (
              <WhenForm
                period={did.period ?? {}}
                onDone={(period) => {
                  onChange({ ...did, period });
                  close();
                }}
              />
            )}
          </Word>
        </>
      )}
    </>
  );
}
