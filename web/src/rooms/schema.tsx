// The schema: which events and properties the project has, what was counted of them, and what people
// say of them. A row opens to be changed.

import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useSearchParams } from "wouter";
import { useNames, type NameKind } from "../api/names";
import { useProject } from "../frame/project";
import { Asked } from "../parts/asked";
import { EventEditor, PropertyEditor } from "../parts/name-editor";
import { EventRow, NamesTable, PropertyRow } from "../parts/names-table";
import { PlanName } from "../parts/plan-name";
import { Segmented } from "../parts/segmented";
import { Sheet } from "../parts/sheet";
import { count } from "../words/number";
import room from "./room.module.css";
import styles from "./schema.module.css";

const KINDS: { value: NameKind; says: string }[] = [
  { value: "events", says: "Events" },
  { value: "properties", says: "Properties" },
];

export default function Schema() {
  const search = useSchemaSearch();
  return (
    <div className={room.room}>
      <p className={styles.lead}>
        Events and properties appear by themselves. Say what they mean, which are expected, and
        which are not wanted.
      </p>
      <div className={styles.tools}>
        <Segmented
          label="What to look at"
          value={search.kind}
          choices={KINDS}
          onChoose={(kind) => search.change({ of: kind === "events" ? "" : kind, open: "" })}
        />
        <label className={styles.find}>
          <IconSearch size={16} aria-hidden />
          <input
            value={search.find}
            placeholder="Find by name or title"
            aria-label="Find by name or title"
            onChange={(typed) => search.change({ find: typed.target.value })}
          />
        </label>
        <label className={styles.archived}>
          <input
            type="checkbox"
            checked={search.archived}
            onChange={(ticked) => search.change({ archived: ticked.target.checked ? "1" : "" })}
          />
          Archived, too
        </label>
      </div>
      <PlanName
        key={search.kind}
        kind={search.kind}
        onPlanned={(name) => search.change({ open: name })}
      />
      {search.kind === "events" ? <Events search={search} /> : <Properties search={search} />}
    </div>
  );
}

type SchemaSearch = ReturnType<typeof useSchemaSearch>;

// What is looked at stands in the address.
function useSchemaSearch() {
  const [search, setSearch] = useSearchParams();
  return {
    kind: (search.get("of") === "properties" ? "properties" : "events") as NameKind,
    find: search.get("find") ?? "",
    archived: search.get("archived") === "1",
    open: search.get("open"),
    change: (wanted: Record<string, string>) =>
      setSearch(
        (now) => {
          const next = new URLSearchParams(now);
          for (const [name, value] of Object.entries(wanted)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
  };
}

function Events({ search }: { search: SchemaSearch }) {
  const { project } = useProject();
  const asked = useNames(project.name, "events");
  return (
    <Asked asked={asked}>
      {(all) => {
        const shown = matching(all, search);
        const most = all.reduce((top, one) => Math.max(top, one.events), 0);
        return (
          <Names title="Events" shown={shown.length} all={all.length}>
            <NamesTable
              caption="Events"
              heads={["Event", "Events", "People", "First seen", "Last seen"]}
            >
              {shown.map((one) => (
                <EventRow
                  key={one.name}
                  detail={one}
                  most={most}
                  {...opening(search, one.name)}
                  editor={<EventEditor key={JSON.stringify(one.entry)} detail={one} />}
                />
              ))}
            </NamesTable>
          </Names>
        );
      }}
    </Asked>
  );
}

function Properties({ search }: { search: SchemaSearch }) {
  const { project, schema } = useProject();
  const asked = useNames(project.name, "properties");
  return (
    <Asked asked={asked}>
      {(all) => {
        const shown = matching(all, search);
        return (
          <Names title="Properties" shown={shown.length} all={all.length}>
            <NamesTable
              caption="Properties"
              heads={["Property", "Types", "Filled", "People", "Values", "Last seen"]}
            >
              {shown.map((one) => (
                <PropertyRow
                  key={one.name}
                  detail={one}
                  all={schema.events_total}
                  {...opening(search, one.name)}
                  editor={<PropertyEditor key={JSON.stringify(one.entry)} detail={one} />}
                />
              ))}
            </NamesTable>
          </Names>
        );
      }}
    </Asked>
  );
}

interface NamesProps {
  title: string;
  shown: number;
  all: number;
  children: ReactNode;
}

function Names({ title, shown, all, children }: NamesProps) {
  const note = shown < all ? `${count(shown)} of ${count(all)}` : count(all);
  return (
    <Sheet title={title} note={note}>
      {shown > 0 ? (
        children
      ) : (
        <p className={room.hint}>
          {all === 0
            ? "None has arrived yet. They appear by themselves with the first events; those that are expected can be planned before."
            : "None is called that. Clear the search, or show what is archived, too."}
        </p>
      )}
    </Sheet>
  );
}

const opening = (search: SchemaSearch, name: string) => ({
  open: search.open === name,
  onOpen: () => search.change({ open: search.open === name ? "" : name }),
});

interface Sayable {
  name: string;
  entry: { title?: string; archived?: boolean };
}

function matching<One extends Sayable>(all: One[], { find, archived }: SchemaSearch): One[] {
  const wanted = find.trim().toLowerCase();
  return all.filter(
    ({ name, entry }) =>
      (archived || !entry.archived) &&
      [name, entry.title ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
}
