// A funnel broken down: at each step a bar for each of the first values, and all values as a table.
// Every number opens its people.

import type { FunnelAnswer, FunnelCell } from "../api/shapes";
import { valueColour } from "../theme/event-colour";
import { pooledNote, sayValue } from "../words/breakdown";
import { count, people, percent } from "../words/number";
import { EventName } from "./event-name";
import { Sheet } from "./sheet";
import { Opens, Table, type Column } from "./table";
import styles from "./funnel-groups.module.css";

type Group = NonNullable<FunnelAnswer["groups"]>[number];

// As many bars beside each other as can be told apart.
const BARS_MAX = 8;
const ROWS_SHOWN = 12;

interface FunnelGroupsProps {
  answer: FunnelAnswer;
  by: string;
  onOpen: (cell: FunnelCell) => void;
}

export function FunnelGroups({ answer, by, onOpen }: FunnelGroupsProps) {
  const groups = answer.groups ?? [];
  return (
    <Sheet title={`By ${by}`} note={pooledNote(answer.pooled)}>
      <GroupBars steps={answer.steps} groups={groups.slice(0, BARS_MAX)} onOpen={onOpen} />
      <Table
        caption={`The funnel by ${by}`}
        rows={groups}
        rowsShown={ROWS_SHOWN}
        columns={[
          { title: by, cell: (group, at) => <Value group={group} at={at} /> },
          ...answer.steps.map((step, at): Column<Group> => ({
            title: `${at + 1}. ${step.name || step.event}`,
            head: <EventName event={step.event} {...(step.name ? { says: step.name } : {})} />,
            figure: true,
            cell: (group) => {
              const reached = group.steps[at];
              return (
                <Opens
                  label={`Show the ${people(reached?.people ?? 0)} of step ${at + 1}, ${sayValue(group.value)}`}
                  onOpen={() => onOpen({ step: at + 1, reached: true, value: group.value })}
                >
                  {count(reached?.people ?? 0)}
                </Opens>
              );
            },
          })),
          {
            title: "Converted",
            figure: true,
            cell: (group) => percent(group.steps.at(-1)?.conversion ?? 0),
          },
        ]}
      />
    </Sheet>
  );
}

function Value({ group, at }: { group: Group; at: number }) {
  return (
    <span className={styles.value}>
      <span
        className={styles.dot}
        style={{ background: at < BARS_MAX ? valueColour(at) : "transparent" }}
        aria-hidden
      />
      <span className={styles.text} title={sayValue(group.value)}>
        {sayValue(group.value)}
      </span>
    </span>
  );
}

interface GroupBarsProps {
  steps: FunnelAnswer["steps"];
  groups: Group[];
  onOpen: (cell: FunnelCell) => void;
}

function GroupBars({ steps, groups, onOpen }: GroupBarsProps) {
  return (
    <ol className={styles.steps} aria-label="Steps of the funnel by value">
      {steps.map((step, at) => (
        <li key={at}>
          <div className={styles.well}>
            {groups.map((group, place) => {
              const share = group.steps[at]?.conversion ?? 0;
              const says = `Step ${at + 1}, ${sayValue(group.value)}: ${percent(share)}`;
              return (
                <button
                  key={sayValue(group.value)}
                  type="button"
                  className={styles.bar}
                  style={{ "--size": `${100 * share}%`, "--colour": valueColour(place) }}
                  title={says}
                  aria-label={`${says}. Show them.`}
                  disabled={!group.steps[at]?.people}
                  onClick={() => onOpen({ step: at + 1, reached: true, value: group.value })}
                />
              );
            })}
          </div>
          <div className={styles.name}>
            <EventName event={step.event} {...(step.name ? { says: step.name } : {})} />
          </div>
        </li>
      ))}
    </ol>
  );
}
