// A piece of paper on the ground: a titled part of a room.

import type { ReactNode } from "react";
import styles from "./sheet.module.css";

export function Sheet({
  title,
  note,
  aside,
  children,
}: {
  title?: string;
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles.sheet}>
      {(title || aside) && (
        <header className={styles.head}>
          <h2>{title}</h2>
          {note && <span className={styles.note}>{note}</span>}
          {aside && <div className={styles.aside}>{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
