// The names of a project in a table: what was counted of each, and below a row that is open, what
// can be said of it.

import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { EventDetail, PropertyDetail } from "../api/shapes";
import { compact, count, people, share } from "../words/number";
import { sayValue } from "../words/telling";
import { Cut, Dot } from "./event-name";
import { When } from "./when";
import styles from "./names-table.module.css";

interface NamesTableProps {
  caption: string;
  heads: string[];
  children: ReactNode;
}

export function NamesTable({ caption, heads, children }: NamesTableProps) {
  return (
    <div className={styles.whole}>
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col" data-of={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}

interface RowProps {
  open: boolean;
  onOpen: () => void;
  editor: ReactNode;
}

export function EventRow(props: RowProps & { detail: EventDetail; most: number }) {
  const { detail, most } = props;
  return (
    <Row
      {...props}
      name={detail.name}
      title={detail.entry.title ?? ""}
      mark={<Dot event={detail.name} />}
      states={statesOf(detail.entry)}
      note={detail.category}
    >
      <td data-of="Events">
        <Figure value={detail.events} of={most} />
      </td>
      <td data-of="People">{count(detail.people)}</td>
      <td data-of="First seen">{detail.first ? <When instant={detail.first} /> : "–"}</td>
      <td data-of="Last seen">{detail.last ? <When instant={detail.last} /> : "–"}</td>
    </Row>
  );
}

export function PropertyRow(props: RowProps & { detail: PropertyDetail; all: number }) {
  const { detail, all } = props;
  return (
    <Row
      {...props}
      name={detail.name}
      title={detail.entry.title ?? ""}
      states={statesOf(detail.entry)}
      note={detail.category}
    >
      <td data-of="Types">{detail.types.map(({ type }) => type).join(", ") || "–"}</td>
      <td data-of="Filled">
        {detail.facts > 0 && detail.filled === 0 ? (
          <span title={`Told ${count(detail.facts)} times of people`}>of people</span>
        ) : (
          <Figure value={detail.filled} of={all} says={share(detail.filled, all)} />
        )}
      </td>
      <td data-of="People">{count(detail.people)}</td>
      <td data-of="Values">
        <Values detail={detail} />
      </td>
      <td data-of="Last seen">{detail.last ? <When instant={detail.last} /> : "–"}</td>
    </Row>
  );
}

function Values({ detail }: { detail: PropertyDetail }) {
  const { different, more, identifying, examples } = detail;
  const kinds = `${count(different)}${more ? "+" : ""}`;
  if (identifying) return <span className={styles.shut}>{kinds}, identifying: not shown</span>;
  if (examples.length === 0) return <span className={styles.shut}>{kinds}</span>;
  return (
    <span className={styles.values}>
      <span className={styles.shut}>{kinds}</span>
      {examples.map((one) => (
        <span key={String(one.value)} className={styles.value} title={people(one.people)}>
          {sayValue(one.value)}
        </span>
      ))}
    </span>
  );
}

interface NameRowProps extends RowProps {
  name: string;
  title: string;
  mark?: ReactNode;
  states: string[];
  note: string | null;
  children: ReactNode;
}

function Row({ name, title, mark, states, note, open, onOpen, editor, children }: NameRowProps) {
  return (
    <tbody className={styles.row} data-open={open || undefined}>
      <tr>
        <th scope="row">
          <button
            type="button"
            className={styles.name}
            aria-expanded={open}
            aria-label={`Change ${name}`}
            onClick={onOpen}
          >
            {mark}
            <span className={styles.called}>
              <Cut name={title || name} />
              <span className={styles.under}>
                {title && <code>{name}</code>}
                {note && <span>{note}</span>}
              </span>
            </span>
            <IconChevronDown size={15} className={styles.arrow} aria-hidden />
          </button>
          {states.map((state) => (
            <span key={state} className={styles.state} data-state={state.split(" ")[0]}>
              {state}
            </span>
          ))}
        </th>
        {children}
      </tr>
      {open && (
        <tr>
          <td className={styles.editor}>
            <div>{editor}</div>
          </td>
        </tr>
      )}
    </tbody>
  );
}

// A number with its share of the most there is.
function Figure({ value, of, says }: { value: number; of: number; says?: string }) {
  return (
    <span className={styles.figure} title={count(value)}>
      {says ?? compact(value)}
      <span className={styles.track}>
        <span style={{ width: `${of > 0 ? Math.min(100, (100 * value) / of) : 0}%` }} />
      </span>
    </span>
  );
}

interface Sayable {
  planned?: boolean | string | null;
  blocked?: boolean;
  archived?: boolean;
}

function statesOf({ planned, blocked, archived }: Sayable): string[] {
  const asked = typeof planned === "string" ? `planned as ${planned}` : "planned";
  return [planned ? asked : "", blocked ? "blocked" : "", archived ? "archived" : ""].filter(
    Boolean,
  );
}
