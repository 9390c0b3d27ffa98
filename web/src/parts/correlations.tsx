// What goes with converting: events done on the way and values of properties, by how much the odds
// differ for those who did or had them. Going together is not causing, and that is said.

import type { Correlation } from "../api/shapes";
import { count, odds } from "../words/number";
import { EventName } from "./event-name";
import { Table } from "./table";
import styles from "./correlations.module.css";

export function Correlations({ correlations }: { correlations: Correlation[] }) {
  if (correlations.length === 0)
    return <p className={styles.none}>Nobody entered the funnel, so nothing goes with anything.</p>;
  return (
    <>
      <Table
        caption="What goes with converting, the strongest first"
        rows={correlations}
        columns={[
          { title: "Did or had", cell: (one) => <What of={one} /> },
          { title: "Odds", figure: true, cell: (one) => <Odds of={one} /> },
          {
            title: "95 % between",
            figure: true,
            wide: true,
            cell: (one) => `${odds(one.low)} – ${odds(one.high)}`,
          },
          { title: "Converted", figure: true, wide: true, cell: (one) => count(one.converted) },
          { title: "Did not", figure: true, wide: true, cell: (one) => count(one.dropped) },
        ]}
      />
      <p className={styles.none}>
        The odds of converting for those who did or had it, over the odds of all others. What goes
        together need not be cause and effect; an interval that holds 1 may be chance.
      </p>
    </>
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
