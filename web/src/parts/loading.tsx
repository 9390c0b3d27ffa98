// Waiting, two ways: a shape of the room the first time, a thin bar over the former answer ever
// after.

import type { ReactNode } from "react";
import { Skeleton } from "@mantine/core";
import styles from "./loading.module.css";

export function FirstLoad({ inside = false }: { inside?: boolean }) {
  return (
    <div className={inside ? styles.inside : styles.whole} role="status" aria-label="Loading">
      <Skeleton height={20} width="min(420px, 70%)" />
      <Skeleton height={44} width="min(240px, 50%)" />
      <Skeleton height={260} />
    </div>
  );
}

export function Answering({ waiting, children }: { waiting: boolean; children: ReactNode }) {
  return (
    <div className={styles.answer} aria-busy={waiting}>
      <div className={styles.bar} data-on={waiting || undefined} />
      <div className={styles.content} data-dim={waiting || undefined}>
        {children}
      </div>
    </div>
  );
}
