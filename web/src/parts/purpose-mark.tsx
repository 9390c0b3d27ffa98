// For which purpose an answer was asked, said quietly beside it: only events lawful for it were
// counted.

import { IconShield } from "@tabler/icons-react";
import styles from "./purpose-mark.module.css";

export function PurposeMark({ purpose = "analytics" }: { purpose?: string | undefined }) {
  return (
    <span
      className={styles.mark}
      title={`Asked for “${purpose}”: events that were not lawful for it are left out.`}
    >
      <IconShield size={14} stroke={1.7} aria-hidden /> {purpose}
    </span>
  );
}
