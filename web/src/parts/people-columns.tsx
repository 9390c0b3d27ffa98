// People in columns: what was told of each, what each of them did, in the order one asks for. A row
// opens its person, and the number of them all opens as a list that can be kept.

import { Link, useLocation } from "wouter";
import { useListReport } from "../api/questions";
import type { Cell, PeopleReport } from "../api/shapes";
import { useAddress, useAsked, usePeriod, useProject } from "../frame/project";
import { count } from "../words/number";
import {
  columnsOf,
  orderOf,
  peopleOf,
  sayValue,
  type Asking,
  type PeopleColumn,
  type Row,
} from "../words/people";
import { sayPeriod } from "../words/period";
import { AnswerMark } from "./answer-mark";
import { Asked } from "./asked";
import { Cut } from "./event-name";
import { PeopleDrawer } from "./people-drawer";
import { PeopleSentence } from "./people-sentence";
import { Sheet } from "./sheet";
import { Opens, Table, type Column } from "./table";
import { When } from "./when";
import answer from "./answer.module.css";
import styles from "./people-columns.module.css";
import room from "../rooms/room.module.css";

interface PeopleColumnsProps {
  question: Asking;
  change: (question: Asking) => void;
  cell: Cell | null;
  open: (cell: Cell | null) => void;
}

export function PeopleColumns({ question, change, cell, open }: PeopleColumnsProps) {
  const { project } = useProject();
  const { choice } = usePeriod();
  const definition = peopleOf(question, useAsked());
  const asked = useListReport(project.name, "people", definition, "after");
  return (
    <>
      <PeopleSentence question={question} onChange={change} />
      <Asked asked={asked}>
        {({ pages }) =>
          pages[0]?.people ? (
            <>
              <Total answer={pages[0]} question={question} onOpen={() => open({})} />
              <Sheet title="One by one" aside={<AnswerMark about={pages[0].about} />}>
                <Rows
                  rows={pages.flatMap((page) => page.rows)}
                  question={question}
                  onChange={change}
                />
                {asked.hasNextPage && (
                  <button
                    type="button"
                    className={styles.more}
                    disabled={asked.isFetchingNextPage}
                    onClick={() => void asked.fetchNextPage()}
                  >
                    {asked.isFetchingNextPage ? "Fetching…" : "More people"}
                  </button>
                )}
              </Sheet>
            </>
          ) : (
            <p className={room.hint}>
              Nobody was there in this period. Choose a longer one, or other people.
            </p>
          )
        }
      </Asked>
      <PeopleDrawer
        definition={definition}
        cell={cell}
        says={() => `Was there, ${sayPeriod(choice)}`}
        onClose={() => open(null)}
      />
    </>
  );
}

interface TotalProps {
  answer: PeopleReport;
  question: Asking;
  onOpen: () => void;
}

function Total({ answer: told, question, onOpen }: TotalProps) {
  const by = columnsOf(question).find((column) => column.by === orderOf(question));
  const [first] = told.rows;
  return (
    <div className={answer.answer} aria-live="polite">
      <p className={answer.number}>
        <Opens label={`Show the ${count(told.people)} people`} onOpen={onOpen}>
          {count(told.people)}
        </Opens>
        <span className={answer.unit}>{told.people === 1 ? "person" : "people"}</span>
      </p>
      {first && by && (
        <p className={answer.words}>
          First is <PersonLink person={first.person} />, {by.title}: <Shown column={by} row={first} />.
        </p>
      )}
    </div>
  );
}

interface RowsProps {
  rows: Row[];
  question: Asking;
  onChange: (question: Asking) => void;
}

function Rows({ rows, question, onChange }: RowsProps) {
  const address = useAddress();
  const [, go] = useLocation();
  const by = orderOf(question);
  const { ascending = false } = question;
  const columns: Column<Row>[] = [
    { title: "Person", cell: (row) => <PersonLink person={row.person} /> },
    ...columnsOf(question).map((column): Column<Row> => {
      const chosen = column.by === by;
      return {
        title: column.title,
        head: <Cut name={column.title} />,
        cell: (row) => <Shown column={column} row={row} />,
        figure: column.shows !== "value",
        sorted: !chosen ? "none" : ascending ? "ascending" : "descending",
        onSort: () => onChange({ ...question, by: column.by, ascending: chosen && !ascending }),
      };
    }),
  ];
  return (
    <Table
      caption="People, in the order that was asked for"
      rows={rows}
      columns={columns}
      onRow={(row) => go(address(`people/${row.person}`))}
    />
  );
}

function Shown({ column, row }: { column: PeopleColumn; row: Row }) {
  const value = column.of(row);
  if (column.shows === "instant" && typeof value === "string") return <When instant={value} />;
  return (
    <span className={styles.value}>
      <Cut name={sayValue(value)} />
    </span>
  );
}

function PersonLink({ person }: { person: number }) {
  const address = useAddress();
  return (
    <Link href={address(`people/${person}`)} className={room.link}>
      Person {person}
    </Link>
  );
}
