// The trend's question, word by word: measures and events, interval, period, and what else can be
// said.

import { IconTrash } from "@tabler/icons-react";
import type { TrendSeries } from "../api/shapes";
import { measureOf, MEASURES, SERIES_MAX, letter, type Asking, type Measure } from "../words/trend";
import { AddBreakdown, BreakdownWords } from "./breakdown-word";
import { ChoiceWords } from "./choice-words";
import { MoreWord } from "./event-word";
import { EveryWord } from "./every-word";
import { FormulaWords } from "./formula-words";
import { MoreOptions, type Option } from "./more-options";
import { NumberWord } from "./number-word";
import { PeriodWord } from "./period-word";
import { PropertyWord } from "./property-word";
import { SegmentWord } from "./segment-word";
import { ChoiceWord, Sentence, type Choice } from "./sentence";

const MEASURE_CHOICES: Choice<Measure>[] = MEASURES.map(({ measure, says, ofProperty }) => ({
  value: measure,
  says: ofProperty ? `${says} a property` : says,
}));

const ROLLING_USUAL = 7;

interface TrendSentenceProps {
  question: Asking;
  onChange: (question: Asking) => void;
}

export function TrendSentence({ question, onChange }: TrendSentenceProps) {
  const { event: series } = question;
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  const last = series.at(-1);
  return (
    <Sentence>
      Of <SegmentWord />,{" "}
      {series.map((one, at) => (
        <span key={at}>
          {at > 0 && (at === series.length - 1 ? " and " : ", ")}
          <SeriesWords
            series={one}
            at={at}
            lettered={question.formula !== undefined}
            onChange={(changed) =>
              put({ event: series.map((old, place) => (place === at ? changed : old)) })
            }
            {...(series.length > 1
              ? { onRemove: () => put({ event: series.filter((_, place) => place !== at) }) }
              : {})}
          />
        </span>
      ))}{" "}
      {series.length < SERIES_MAX && (
        <MoreWord
          says="add an event"
          onChoose={(event) =>
            put({ event: [...series, { ...last, where: [], name: "", event } as TrendSeries] })
          }
        />
      )}{" "}
      each <EveryWord every={question.every} onChoose={(every) => put({ every })} /> <PeriodWord />
      <Said {...{ question, onChange }} />
      <BreakdownWords breakdown={question.by} onChange={(by) => put({ by })} />?{" "}
      <AddBreakdown breakdown={question.by} onChange={(by) => put({ by })} />{" "}
      <MoreOptions options={optionsOf(question, put)} />
    </Sentence>
  );
}

interface SeriesWordsProps {
  series: TrendSeries;
  at: number;
  lettered: boolean;
  onChange: (series: TrendSeries) => void;
  onRemove?: () => void;
}

function SeriesWords({ series, at, lettered, onChange, onRemove }: SeriesWordsProps) {
  const { measure = "people" } = series;
  const { says, ofProperty } = measureOf(measure);
  return (
    <>
      {lettered && <b>{letter(at)}: </b>}
      <ChoiceWord
        value={measure}
        choices={MEASURE_CHOICES}
        says={says}
        label="Measure"
        onChoose={(chosen) => onChange(measured(series, chosen))}
      />{" "}
      {measure === "percentile" && (
        <>
          (the{" "}
          <NumberWord
            label="Percentile"
            value={series.percentile ?? 95}
            least={0}
            most={100}
            onChange={(percentile) => onChange({ ...series, percentile })}
          />
          th){" "}
        </>
      )}
      {ofProperty && (
        <>
          <PropertyWord
            property={series.property}
            label="Property"
            {...(ofProperty === "number" ? { type: ofProperty } : {})}
            onChoose={(property) => onChange({ ...series, property: property ?? null })}
          />{" "}
          {measure === "distinct" ? "in " : "of "}
        </>
      )}
      <ChoiceWords
        choice={series}
        label={`Event ${at + 1}`}
        any="anything"
        onChange={onChange}
        acts={(close) =>
          onRemove && (
            <button
              type="button"
              onClick={() => {
                onRemove();
                close();
              }}
            >
              <IconTrash size={15} aria-hidden />
              Remove the line
            </button>
          )
        }
      />
    </>
  );
}

function measured(series: TrendSeries, measure: Measure): TrendSeries {
  const { event = null, where = [], name = "", property = null } = series;
  if (!measureOf(measure).ofProperty) return { event, where, name, measure };
  const percentile = measure === "percentile" ? { percentile: series.percentile ?? 95 } : {};
  return { event, where, name, measure, property, ...percentile };
}

// What was said beside the lines: formulas, running totals, averages, the period before.
function Said({ question, onChange }: TrendSentenceProps) {
  const lines = question.event.length;
  const put = (changed: Partial<Asking>) => onChange({ ...question, ...changed });
  return (
    <>
      <FormulaWords
        formulas={question.formula ?? []}
        names={lines > 1 ? `A to ${letter(lines - 1)} are the lines` : "A is the line"}
        onChange={(formula) => put({ formula: formula.length > 0 ? formula : undefined })}
      />
      {question.cumulative && (
        <>
          ,{" "}
          <ChoiceWord
            value="yes"
            choices={[
              { value: "yes", says: "as a running total" },
              { value: "no", says: "each by itself" },
            ]}
            label="Total"
            onChoose={(chosen) => put({ cumulative: chosen === "yes" })}
          />
        </>
      )}
      {question.rolling && (
        <>
          , averaged over{" "}
          <NumberWord
            label="Averaged over"
            value={question.rolling}
            least={2}
            most={366}
            none="Not averaged"
            onChange={(rolling) => put({ rolling: rolling ?? undefined })}
          />{" "}
          {question.every}s
        </>
      )}
      {question.compare && (
        <>
          ,{" "}
          <ChoiceWord
            value="yes"
            choices={[
              { value: "yes", says: "beside the period before" },
              { value: "no", says: "by itself" },
            ]}
            label="Compared"
            onChoose={(chosen) => put({ compare: chosen === "yes" })}
          />
        </>
      )}
    </>
  );
}

function optionsOf(question: Asking, put: (changed: Partial<Asking>) => void): Option[] {
  const options: (Option & { when: boolean })[] = [
    {
      says: "Beside the period before",
      means: "A pale line, and by how much the whole differs.",
      when: !question.compare,
      onChoose: () => put({ compare: true }),
    },
    {
      says: "As a running total",
      means: "Different people so far, not the sum of days.",
      when: !question.cumulative,
      onChoose: () => put({ cumulative: true }),
    },
    {
      says: "As a rolling average",
      means: `Over ${ROLLING_USUAL} ${question.every}s, unless told otherwise.`,
      when: !question.rolling,
      onChoose: () => put({ rolling: ROLLING_USUAL }),
    },
    {
      says: "A formula of the lines",
      means: "A share, a ratio, a difference: A / B * 100.",
      when: true,
      onChoose: () =>
        put({
          formula: [
            ...(question.formula ?? []),
            { name: "", formula: question.event.length > 1 ? "A / B * 100" : "A * 1" },
          ],
        }),
    },
  ];
  return options.filter((one) => one.when);
}
