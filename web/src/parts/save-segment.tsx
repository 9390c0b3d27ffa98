// Keeps a segment under a title; its name in addresses follows from the title. Once kept, one can
// ask every question about it.

import { useState, type FormEvent } from "react";
import { useSaveSegment, useSegments } from "../api/segments";
import type { SavedSegment, Segment } from "../api/shapes";
import { useProject, useSegment } from "../frame/project";
import { nameOf } from "../words/segment";
import { ProblemNote } from "./problem-note";
import styles from "./save-segment.module.css";

interface SaveSegmentProps {
  segment: Segment;
  // The one that is changed; a new one otherwise.
  saved?: SavedSegment | undefined;
  title?: string;
  note?: string;
  onSaved?: (saved: SavedSegment) => void;
}

export function SaveSegment({ segment, saved, title = "", note, onSaved }: SaveSegmentProps) {
  const { project } = useProject();
  const known = useSegments(project.name);
  const save = useSaveSegment(project.name);
  const [typed, setTyped] = useState(saved?.title ?? title);
  const name = saved?.name ?? nameOf(typed);
  const taken = !saved && known.data?.find((one) => one.name === name);
  const submit = (sent: FormEvent) => {
    sent.preventDefault();
    const kept = { name, title: typed.trim(), segment, description: saved?.description ?? "" };
    save.mutate(kept, onSaved ? { onSuccess: onSaved } : {});
  };
  if (save.data && !onSaved) return <Saved saved={save.data} />;
  return (
    <form className={styles.form} onSubmit={submit}>
      <label className={styles.title}>
        Title
        <input value={typed} maxLength={200} onChange={(now) => setTyped(now.target.value)} />
      </label>
      <button type="submit" className={styles.save} disabled={!name || save.isPending}>
        {saved ? "Save" : taken ? "Replace it" : "Keep it"}
      </button>
      {taken && (
        <p className={styles.note} role="status">
          “{taken.title}” has this name; it would be replaced.
        </p>
      )}
      {note && !taken && <p className={styles.note}>{note}</p>}
      {save.error && <ProblemNote failure={save.error} />}
    </form>
  );
}

function Saved({ saved }: { saved: SavedSegment }) {
  const { choose } = useSegment();
  return (
    <p className={styles.saved} role="status">
      Kept as “{saved.title}”.{" "}
      <button type="button" className={styles.use} onClick={() => choose({ saved: saved.name })}>
        Ask this question of them
      </button>
    </p>
  );
}
