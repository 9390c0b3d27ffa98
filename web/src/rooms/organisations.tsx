// Organisations: those that people belong to, the most recently seen first; a whole id finds one.

import { Link, useLocation, useSearchParams } from "wouter";
import { useOrganisations } from "../api/organisations";
import type { OrganisationSummary } from "../api/shapes";
import { useAddress, useProject } from "../frame/project";
import { Asked } from "../parts/asked";
import { FindForm } from "../parts/find-form";
import { Sheet } from "../parts/sheet";
import { Table, type Column } from "../parts/table";
import { When } from "../parts/when";
import { count } from "../words/number";
import styles from "./people.module.css";
import room from "./room.module.css";

export default function Organisations() {
  const { project } = useProject();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("search") ?? "";
  const asked = useOrganisations(project.name, wanted);
  const find = (typed: string) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      if (typed) next.set("search", typed);
      else next.delete("search");
      return next;
    });
  const total = asked.data?.pages[0]?.total ?? 0;
  return (
    <div className={room.room}>
      <header className={styles.head}>
        <p className={styles.total}>
          <b>{count(total)}</b> {total === 1 ? "organisation" : "organisations"}
          {wanted ? ` with the id “${wanted}”` : ", the most recently seen first"}
        </p>
        <FindForm key={wanted} wanted={wanted} of="The whole id of one" onFind={find} />
      </header>
      <Asked asked={asked}>
        {({ pages }) =>
          total === 0 ? (
            <Nothing wanted={wanted} />
          ) : (
            <Sheet>
              <List organisations={pages.flatMap((page) => page.organisations)} />
              {asked.hasNextPage && (
                <button
                  type="button"
                  className={styles.clear}
                  disabled={asked.isFetchingNextPage}
                  onClick={() => void asked.fetchNextPage()}
                >
                  {asked.isFetchingNextPage ? "Fetching…" : "Show more"}
                </button>
              )}
            </Sheet>
          )
        }
      </Asked>
    </div>
  );
}

export const titleOf = (one: OrganisationSummary): string => one.name || `Organisation ${one.id}`;

function List({ organisations }: { organisations: OrganisationSummary[] }) {
  const address = useAddress();
  const [, go] = useLocation();
  const columns: Column<OrganisationSummary>[] = [
    {
      title: "Organisation",
      cell: (one) => (
        <Link href={address(`organisations/${one.id}`)} className={room.path}>
          {titleOf(one)}
        </Link>
      ),
    },
    { title: "Id", wide: true, cell: (one) => <code title="veiled">{one.masked}</code> },
    { title: "People", figure: true, cell: (one) => count(one.people) },
    { title: "First seen", figure: true, wide: true, cell: (one) => <When instant={one.first} /> },
    { title: "Last seen", figure: true, cell: (one) => <When instant={one.last} /> },
  ];
  return (
    <Table
      caption="Organisations"
      rows={organisations}
      columns={columns}
      onRow={(one) => go(address(`organisations/${one.id}`))}
    />
  );
}

function Nothing({ wanted }: { wanted: string }) {
  if (wanted)
    return (
      <p className={room.hint}>
        Nobody belongs to an organisation with this id. It was compared whole, as ids are kept sealed.
      </p>
    );
  return (
    <Sheet title="Nobody belongs to an organisation yet">
      <p className={styles.why}>
        People belong to one from the moment your site or server says so: <code>group</code> of the
        Segment libraries, <code>identifyOrg</code> of Woopra, groups of PostHog and Amplitude.
      </p>
    </Sheet>
  );
}
