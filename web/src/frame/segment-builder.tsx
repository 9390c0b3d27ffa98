// The one place where a segment is built or changed: a drawer that the top line, a question and the
// room of segments open.

import { Drawer } from "@mantine/core";
import { createContext, useContext, useState, type ReactNode } from "react";
import type { SavedSegment, Segment } from "../api/shapes";
import { SegmentForm } from "../parts/segment-form";
import styles from "../parts/people-drawer.module.css";

export interface Building {
  // What one begins with.
  segment: Segment | null;
  // The one that is changed, if it is kept already.
  saved?: SavedSegment;
}

const Builder = createContext<(building: Building) => void>(() => undefined);

export const useSegmentBuilder = () => useContext(Builder);

export function SegmentBuilderProvider({ children }: { children: ReactNode }) {
  const [building, setBuilding] = useState<Building | null>(null);
  return (
    <Builder value={setBuilding}>
      {children}
      <Drawer
        opened={building !== null}
        onClose={() => setBuilding(null)}
        position="right"
        size="min(560px, 100vw)"
        title={building?.saved ? `Change “${building.saved.title}”` : "Who is meant"}
        classNames={{ body: styles.body, title: styles.title }}
        closeButtonProps={{ "aria-label": "Close" }}
        overlayProps={{ backgroundOpacity: 0.25 }}
      >
        {building && <SegmentForm building={building} onDone={() => setBuilding(null)} />}
      </Drawer>
    </Builder>
  );
}
