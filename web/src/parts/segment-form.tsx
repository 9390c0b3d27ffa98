// Builds a segment line by line, and counts its people while one does.

import { useState } from "react";
import { useSegmentCount } from "../api/segments";
import type { Segment } from "../api/shapes";
import { useProject, useSaySegment, useSegment } from "../frame/project";
import type { Building } from "../frame/segment-builder";
import { count, share } from "../words/number";
import { groupOf, ofGroup } from "../words/segment";
import { ProblemNote } from "./problem-note";
import { SaveSegment } from "./save-segment";
import { SegmentLines } from "./segment-lines";
import styles from "./segment-form.module.css";

interface SegmentFormProps {
  building: Building;
  onDone: () => void;
}

export function SegmentForm({ building, onDone }: SegmentFormProps) {
  const { choose } = useSegment();
  const says = useSaySegment();
  const [segment, setSegment] = useState<Segment | null>(building.segment);
  const usable = segment !== null && isWhole(segment);
  return (
    <div className={styles.form}>
      <SegmentLines group={groupOf(segment)} onChange={(group) => setSegment(ofGroup(group))} />
      {segment === null ? (
        <p className={styles.hint}>
          Say what they are or what they did. Without a line, everyone is meant.
        </p>
      ) : (
        <Counted segment={usable ? segment : null} says={usable ? says(segment) : ""} />
      )}
      {usable && (
        <div className={styles.ends}>
          {!building.saved && (
            <button
              type="button"
              className={styles.use}
              onClick={() => {
                choose(segment);
                onDone();
              }}
            >
              Ask of them
            </button>
          )}
          <SaveSegment
            segment={segment}
            saved={building.saved}
            note="A segment is asked anew each time: people come into it and leave it by what they do."
            onSaved={(saved) => {
              if (!building.saved) choose({ saved: saved.name });
              onDone();
            }}
          />
        </div>
      )}
    </div>
  );
}

function Counted({ segment, says }: { segment: Segment | null; says: string }) {
  const { project, schema } = useProject();
  const asked = useSegmentCount(project.name, segment);
  return (
    <div className={styles.counted} aria-live="polite" aria-busy={asked.isPlaceholderData}>
      {asked.error ? (
        <ProblemNote failure={asked.error} />
      ) : (
        <p className={styles.number}>
          {asked.data === undefined ? "…" : count(asked.data)}
          <span className={styles.unit}>
            {asked.data === undefined ? "" : `people, ${share(asked.data, schema.people)} of all`}
          </span>
        </p>
      )}
      <p className={styles.says}>
        {says
          ? `${says.charAt(0).toUpperCase()}${says.slice(1)}.`
          : "A line does not say anything yet."}
      </p>
    </div>
  );
}

// A line that was just added may not say anything yet.
function isWhole(segment: Segment): boolean {
  if (segment.are) return segment.are.length > 0;
  if (segment.not) return isWhole(segment.not);
  const inner = segment.all ?? segment.any;
  return inner ? inner.length > 0 && inner.every(isWhole) : true;
}
