// The funnel's figures, for reading off and for whoever cannot see the bars.

import type { FunnelAnswer, FunnelStepAnswer } from "../api/shapes";
import { count, people, percent, share } from "../words/number";
import { EventName } from "./event-name";
import type { Cell } from "./funnel-bars";
import { Opens, Table, type Column } from "./table";

export function FunnelTable({
  answer,
  onOpen,
}: {
  answer: FunnelAnswer;
  onOpen: (cell: Cell) => void;
}) {
  const before = (at: number) => answer.steps[at - 1]?.people ?? 0;
  const columns: Column<FunnelStepAnswer>[] = [
    { title: "Step", cell: (step) => <EventName event={step.event} /> },
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
    { title: "Of the first", figure: true, cell: (step) => percent(step.conversion) },
    {
      title: "Of the step before",
      figure: true,
      wide: true,
      cell: (step, at) => (at === 0 ? "–" : share(step.people, before(at))),
    },
    {
      title: "Lost before",
      figure: true,
      cell: (step, at) =>
        at === 0 || before(at) === step.people ? (
          "–"
        ) : (
          <Opens
            label={`Show the ${people(before(at) - step.people)} lost before step ${at + 1}`}
            onOpen={() => onOpen({ step: at + 1, reached: false })}
          >
            {count(before(at) - step.people)}
          </Opens>
        ),
    },
  ];
  return (
    <Table caption="People at each step of the funnel" columns={columns} rows={answer.steps} />
  );
}
