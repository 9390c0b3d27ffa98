// A table of figures. The first column names the row; a row that opens something says so and is
// reached by keyboard.

import { useState, type ReactNode } from "react";
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
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  // The rest waits behind a button.
  rowsShown?: number;
}

export function Table<Row>({ caption, columns, rows, rowsShown = rows.length }: TableProps<Row>) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? rows : rows.slice(0, rowsShown);
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                data-figure={column.figure || undefined}
                data-wide={column.wide || undefined}
                data-name={column.name || undefined}
              >
                {column.head ?? column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, at) => (
            <tr key={at}>
              {columns.map((column) => (
                <td
                  key={column.title}
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
