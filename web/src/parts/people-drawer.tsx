// The people behind one number, beside the report that holds it.

import { Drawer } from "@mantine/core";
import { useCellPeople } from "../api/questions";
import type { FunnelDefinition } from "../api/shapes";
import { useProject } from "../frame/project";
import { people } from "../words/number";
import type { Cell } from "./funnel-bars";
import { FirstLoad } from "./loading";
import { PeopleList } from "./people-list";
import { ProblemNote } from "./problem-note";
import styles from "./people-drawer.module.css";

interface PeopleDrawerProps {
  definition: FunnelDefinition;
  cell: Cell | null;
  onClose: () => void;
}

export function PeopleDrawer({ definition, cell, onClose }: PeopleDrawerProps) {
  return (
    <Drawer
      opened={cell !== null}
      onClose={onClose}
      position="right"
      size="min(480px, 100vw)"
      title={cell && <Title definition={definition} cell={cell} />}
      classNames={{ body: styles.body, title: styles.title }}
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.25 }}
    >
      {cell && <Behind definition={definition} cell={cell} />}
    </Drawer>
  );
}

function Title({ definition, cell }: { definition: FunnelDefinition; cell: Cell }) {
  const event = definition.steps[cell.step - 1]?.event ?? "";
  const before = definition.steps[cell.step - 2]?.event ?? "";
  return cell.reached ? (
    <>
      Reached step {cell.step}, {event}
    </>
  ) : (
    <>
      Did {before}, then not {event}
    </>
  );
}

function Behind({ definition, cell }: { definition: FunnelDefinition; cell: Cell }) {
  const { project } = useProject();
  const asked = useCellPeople(project.name, "funnel", definition, cell);
  if (asked.error) return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <FirstLoad inside />;
  return (
    <>
      <p className={styles.total}>
        {people(asked.data.pages[0]?.total ?? 0)}. Each opens their timeline.
      </p>
      <PeopleList
        narrow
        pages={asked.data.pages}
        hasMore={asked.hasNextPage}
        fetching={asked.isFetchingNextPage}
        more={() => void asked.fetchNextPage()}
      />
    </>
  );
}
