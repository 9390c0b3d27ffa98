// The one frame: rail, top line, room. Nothing else moves.

import { useEffect, useRef, type ReactNode } from "react";
import { useProject } from "./project";
import { Rail } from "./rail";
import { ROOMS } from "./rooms";
import { Search } from "./search";
import { SegmentBuilderProvider } from "./segment-builder";
import { TopLine } from "./top-line";
import styles from "./frame.module.css";

export function Frame({ room, children }: { room: string; children: ReactNode }) {
  const { project } = useProject();
  const title = ROOMS.find((one) => one.name === room)?.title ?? "Sojourn";
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} · ${project.title} · Sojourn`;
  }, [title, project.title]);
  return (
    <SegmentBuilderProvider>
      <div className={styles.frame}>
        <a
          className={styles.skip}
          href="#room"
          onClick={(click) => {
            click.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to the room
        </a>
        <Rail room={room} />
        <TopLine />
        <main id="room" ref={main} tabIndex={-1} className={styles.room}>
          <h1 className="unseen">{title}</h1>
          {children}
        </main>
        <Search />
      </div>
    </SegmentBuilderProvider>
  );
}
