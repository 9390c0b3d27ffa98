// A table of figures. The first column names the row; a row that opens something says so and is
// reached by keyboard.

import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useState, type MouseEvent, type ReactNode } from "react";
import { count } from "../words/number";
import styles from "./table.module.css";

export interface Column<Row> {
  title: string;
  head?: ReactNode;
  cell: (row: Row, at: number) => ReactNode;
  figure?: boolean;
  // Holds a name as the first column does, and shares its room with it.
  name?: boolean;
  // Left out on a phone, where a table of two or three columns is what fits.
  wide?: boolean;
  // Where rows can be ordered by it: how they are, and what its head does.
  sorted?: "ascending" | "descending" | "none";
  onSort?: () => void;
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  // The rest waits behind a button.
  rowsShown?: number;
  // A click anywhere in a row, where its first cell holds the link that says where it leads.
  onRow?: (row: Row) => void;
}

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowsShown = rows.length, onRow } = props;
  const [whole, setWhole] = useState(false);
  const shown = whole ? rows : rows.slice(0, rowsShown);
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, place) => (
              <th
                key={place}
                scope="col"
                data-figure={column.figure || undefined}
                data-wide={column.wide || undefined}
                data-name={column.name || undefined}
                aria-sort={column.sorted}
              >
                <Head column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, at) => (
            <tr
              key={at}
              data-opens={onRow ? true : undefined}
              onClick={(click) => onRow && !isOwn(click) && onRow(row)}
            >
              {columns.map((column, place) => (
                <td
                  key={place}
                  data-figure={column.figure || undefined}
                  data-wide={column.wide || undefined}
                  data-name={column.name || undefined}
                >
                  {column.cell(row, at)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" className={styles.rest} onClick={() => setWhole(true)}>
          Show all {count(rows.length)} rows
        </button>
      )}
    </div>
  );
}

// Links and buttons inside a row do what they say, not what the row does.
const isOwn = (click: MouseEvent) => (click.target as Element).closest("a, button") !== null;

function Head<Row>({ column }: { column: Column<Row> }) {
  const says = column.head ?? column.title;
  if (!column.onSort) return says;
  const Mark = column.sorted === "ascending" ? IconArrowUp : IconArrowDown;
  return (
    <button
      type="button"
      className={styles.sort}
      aria-label={column.title}
      onClick={column.onSort}
    >
      {says}
      <Mark size={13} aria-hidden data-on={column.sorted !== "none" || undefined} />
    </button>
  );
}

// A number that opens its people.
export function Opens({
  label,
  onOpen,
  children,
}: {
  label: string;
  onOpen: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className={styles.opens} aria-label={label} onClick={onOpen}>
      {children}
    </button>
  );
}
