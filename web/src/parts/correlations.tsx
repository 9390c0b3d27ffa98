// What goes with converting: events done while watched and values of properties, by how much the
// odds differ for those who did or had them. Going together is not causing, and that is said. Every
// count opens its people.

import type { Correlation, Correlations as Found, FunnelCell } from "../api/shapes";
import { count, odds } from "../words/number";
import { lasting } from "../words/time";
import { EventName } from "./event-name";
import { Opens, Table } from "./table";
import styles from "./correlations.module.css";

interface CorrelationsProps {
  correlations: Found;
  onOpen: (cell: FunnelCell) => void;
}

export function Correlations({ correlations, onOpen }: CorrelationsProps) {
  const { found, watched_seconds, left_out } = correlations;
  const gone = left_out === 1 ? "attempt that had" : "attempts that had";
  const watched = (
    <>
      Events were watched for during the first {lasting(watched_seconds)} of each attempt;{" "}
      {count(left_out)} {gone} converted by then {left_out === 1 ? "is" : "are"} left out.
    </>
  );
  if (found.length === 0)
    return <p className={styles.none}>Nothing goes with converting. {watched}</p>;
  return (
    <>
      <Table
        caption="What goes with converting, the strongest first"
        rows={found}
        columns={[
          { title: "Did or had", cell: (one) => <What of={one} /> },
          { title: "Odds", figure: true, cell: (one) => <Odds of={one} /> },
          {
            title: "95 % between",
            figure: true,
            wide: true,
            cell: (one) => `${odds(one.low)} – ${odds(one.high)}`,
          },
          {
            title: "Converted",
            figure: true,
            wide: true,
            cell: (one) => <Opened of={one} converted onOpen={onOpen} />,
          },
          {
            title: "Did not",
            figure: true,
            wide: true,
            cell: (one) => <Opened of={one} converted={false} onOpen={onOpen} />,
          },
        ]}
      />
      <p className={styles.none}>
        The odds of converting for those who did or had it, over the odds of all others. What goes
        together need not be cause and effect; an interval that holds 1 may be chance.
      </p>
      <p className={styles.none}>
        {watched} Properties are those of all.
      </p>
    </>
  );
}

interface OpenedProps {
  of: Correlation;
  converted: boolean;
  onOpen: (cell: FunnelCell) => void;
}

function Opened({ of, converted, onOpen }: OpenedProps) {
  const { event, property, value } = of;
  const counted = count(converted ? of.converted : of.dropped);
  const correlation = { ...(event !== null ? { event } : { property, value }), converted };
  const outcome = converted ? "who converted" : "who did not convert";
  return (
    <Opens
      label={`Show the ${counted} ${outcome}: ${event ?? `${property} ${value}`}`}
      onOpen={() => onOpen({ correlation })}
    >
      {counted}
    </Opens>
  );
}

function What({ of }: { of: Correlation }) {
  if (of.event !== null) return <EventName event={of.event} />;
  return (
    <span className={styles.property} title={`${of.property} is ${of.value}`}>
      {of.property} is {of.value}
    </span>
  );
}

function Odds({ of }: { of: Correlation }) {
  const sure = of.low > 1 || of.high < 1;
  return (
    <span className={styles.odds} data-sure={sure || undefined}>
      × {odds(of.odds_ratio)}
      <span className={styles.says}>
        {!sure ? "unsure" : of.odds_ratio > 1 ? "more likely" : "less likely"}
      </span>
    </span>
  );
}
