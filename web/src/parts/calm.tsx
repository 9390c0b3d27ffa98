// A page with one thing to say, when there is no room to stand in.

import type { ReactNode } from "react";
import styles from "./calm.module.css";

export function Calm({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.sheet}>
        <div className={styles.brand}>
          <img src="/assets/mark.svg" alt="" width={24} height={24} /> Sojourn
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}
