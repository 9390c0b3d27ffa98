// A project without events: why it is empty and the two ways to fill it. It is watched, and opens
// by itself.

import { useProject } from "../frame/project";
import { Command } from "./command";
import { Sheet } from "./sheet";
import styles from "./empty-project.module.css";

export function EmptyProject() {
  const { project } = useProject();
  const origin = window.location.origin;
  const snippet = [
    `<script src="${origin}/sojourn.js"></script>`,
    "<script>",
    `  sojourn.init({ key: "WRITE KEY", endpoint: "${origin}" });`,
    "  sojourn.page();",
    "</script>",
  ].join("\n");
  return (
    <div className={styles.page}>
      <header>
        <h1 className={styles.title}>{project.title} has no events yet</h1>
        <p className={styles.why}>
          Nothing has arrived, so there is nothing to ask about. This page opens the rooms by itself
          once the first event is there.
        </p>
      </header>
      <Sheet title="Bring a log you already have">
        <p className={styles.why}>
          CSV, JSON lines or Parquet, gzipped or not. Importing the same file twice stores nothing
          twice.
        </p>
        <Command text={`sojourn import events.csv.gz --project ${project.name}`} />
      </Sheet>
      <Sheet title="Or collect from a web page">
        <p className={styles.why}>
          Put this before the end of the page. It sets no cookie, and stays silent where Global
          Privacy Control is on.
        </p>
        <Command text={snippet} />
        <p className={styles.why}>
          A server or an app sends with any Segment library, to <code>{origin}</code>.
        </p>
      </Sheet>
    </div>
  );
}
