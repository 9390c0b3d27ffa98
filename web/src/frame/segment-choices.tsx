// Whom to ask about: everyone, a segment that is kept, or one that is built now.

import { useSegments } from "../api/segments";
import styles from "./period-picker.module.css";
import { useProject, useSegment } from "./project";
import { useSegmentBuilder } from "./segment-builder";

export function SegmentChoices({ done }: { done: () => void }) {
  const { project } = useProject();
  const { segment, choose } = useSegment();
  const known = useSegments(project.name);
  const build = useSegmentBuilder();
  const act = (what: () => void) => () => {
    done();
    what();
  };
  const saved = known.data?.find((one) => one.name === segment?.saved);
  return (
    <div className={styles.choices}>
      <ul className={styles.list}>
        <li>
          <button
            type="button"
            className={styles.one}
            aria-pressed={segment === null}
            onClick={act(() => choose(null))}
          >
            Everyone
          </button>
        </li>
        {(known.data ?? []).map((one) => (
          <li key={one.name}>
            <button
              type="button"
              className={styles.one}
              aria-pressed={segment?.saved === one.name}
              onClick={act(() => choose({ saved: one.name }))}
            >
              {one.title || one.name}
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.build}>
        <button type="button" onClick={act(() => build({ segment: null }))}>
          Build one…
        </button>
        {segment && (
          <button
            type="button"
            onClick={act(() => build(saved ? { segment: saved.segment, saved } : { segment }))}
          >
            Change this one…
          </button>
        )}
      </div>
      <p className={styles.zone}>Every question in sight is asked of them alone.</p>
    </div>
  );
}
