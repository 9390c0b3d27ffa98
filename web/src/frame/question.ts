// The question of a room and the number that is opened: both stand in the address.

import { useSearchParams } from "wouter";
import type { Cell } from "../api/shapes";
import { json, readQuestion, writeQuestion, type Fields } from "../words/address";

const CELL = json<Cell>();

export function useQuestion<Question>(fields: Fields<Question>) {
  const [search, setSearch] = useSearchParams();
  const opened = search.get("open");
  return {
    question: readQuestion(search, fields),
    change: (changed: Partial<Question>) =>
      setSearch((now) => {
        const next = new URLSearchParams(now);
        writeQuestion(next, fields, changed);
        // A number that was open belongs to the former question.
        next.delete("open");
        return next;
      }),
    cell: (opened && CELL.read([opened])) || null,
    open: (cell: Cell | null) =>
      setSearch((now) => {
        const next = new URLSearchParams(now);
        next.delete("open");
        if (cell) next.set("open", CELL.write(cell)[0] ?? "");
        return next;
      }),
  };
}
