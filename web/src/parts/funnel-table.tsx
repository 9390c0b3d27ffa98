// The funnel's figures, for reading off and for whoever cannot see the bars.

import type { FunnelAnswer, FunnelCell, FunnelStepAnswer } from "../api/shapes";
import { count, people, percent } from "../words/number";
import { lasting } from "../words/time";
import { EventName } from "./event-name";
import { requiredBefore } from "./funnel-bars";
import { Opens, Table, type Column } from "./table";

interface FunnelTableProps {
  answer: FunnelAnswer;
  // What was counted beside people, if anything else was.
  counted: string | undefined;
  onOpen: (cell: FunnelCell) => void;
}

export function FunnelTable({ answer, counted, onOpen }: FunnelTableProps) {
  const lost = (step: FunnelStepAnswer, at: number) => {
    const before = requiredBefore(answer.steps, at);
    return before === null ? 0 : before - step.count;
  };
  const columns: Column<FunnelStepAnswer>[] = [
    {
      title: "Step",
      cell: (step) => <EventName event={step.event} {...(step.name ? { says: step.name } : {})} />,
    },
    {
      title: "People",
      figure: true,
      cell: (step, at) => (
        <Opens
          label={`Show the ${people(step.people)} of step ${at + 1}`}
          onOpen={() => onOpen({ step: at + 1, reached: true })}
        >
          {count(step.people)}
        </Opens>
      ),
    },
    ...(counted
      ? [
          {
            title: counted,
            figure: true,
            cell: (step: FunnelStepAnswer) => count(step.count),
          },
        ]
      : []),
    { title: "Of the first", figure: true, cell: (step) => percent(step.conversion) },
    {
      title: "Of the step before",
      figure: true,
      wide: true,
      cell: (step, at) => (at === 0 ? "–" : percent(step.of_previous)),
    },
    {
      title: "Median time",
      figure: true,
      wide: true,
      cell: (step) =>
        typeof step.median_seconds === "number" ? lasting(step.median_seconds) : "–",
    },
    {
      title: "Lost before",
      figure: true,
      cell: (step, at) =>
        at === 0 || lost(step, at) <= 0 ? (
          "–"
        ) : (
          <Opens
            label={`Show the ${people(lost(step, at))} lost before step ${at + 1}`}
            onOpen={() => onOpen({ step: at + 1, reached: false })}
          >
            {count(lost(step, at))}
          </Opens>
        ),
    },
  ];
  return (
    <Table caption="People at each step of the funnel" columns={columns} rows={answer.steps} />
  );
}
