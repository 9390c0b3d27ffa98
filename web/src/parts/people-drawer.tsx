// The people behind one number, beside the report that holds it. They can be kept as a segment.

import { Drawer } from "@mantine/core";
import { IconUsersPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useCellPeople } from "../api/questions";
import type { Cell, Kind } from "../api/shapes";
import { useProject } from "../frame/project";
import { people } from "../words/number";
import { FirstLoad } from "./loading";
import { PeopleList } from "./people-list";
import { ProblemNote } from "./problem-note";
import { SaveSegment } from "./save-segment";
import styles from "./people-drawer.module.css";

interface PeopleDrawerProps {
  definition: { kind: Kind };
  cell: Cell | null;
  // What the number stands for, in words.
  says: (cell: Cell) => string;
  onClose: () => void;
}

export function PeopleDrawer({ definition, cell, says, onClose }: PeopleDrawerProps) {
  return (
    <Drawer
      opened={cell !== null}
      onClose={onClose}
      position="right"
      size="min(480px, 100vw)"
      title={cell && says(cell)}
      classNames={{ body: styles.body, title: styles.title }}
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.25 }}
    >
      {cell && <Behind definition={definition} cell={cell} says={says(cell)} />}
    </Drawer>
  );
}

interface BehindProps {
  definition: { kind: Kind };
  cell: Cell;
  says: string;
}

function Behind({ definition, cell, says }: BehindProps) {
  const { project } = useProject();
  const asked = useCellPeople(project.name, definition, cell);
  const [keeping, setKeeping] = useState(false);
  if (asked.error) return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <FirstLoad inside />;
  return (
    <>
      <div className={styles.head}>
        <p className={styles.total}>
          {people(asked.data.pages[0]?.total ?? 0)}. Each opens their timeline.
        </p>
        <button
          type="button"
          className={styles.keep}
          aria-expanded={keeping}
          onClick={() => setKeeping(!keeping)}
        >
          <IconUsersPlus size={15} aria-hidden /> Keep as a segment
        </button>
      </div>
      {keeping && (
        <SaveSegment
          segment={{ behind: { definition: { ...definition }, cell } }}
          title={says}
          note="It follows the report: whoever stands behind this number later is in it then."
        />
      )}
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
