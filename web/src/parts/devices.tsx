// The devices of a person, each by its veiled identifier: when it was seen, and what it is.

import { IconLock } from "@tabler/icons-react";
import type { Device } from "../api/shapes";
import { events } from "../words/number";
import styles from "./person-parts.module.css";
import { When } from "./when";

export function Devices({ devices }: { devices: Device[] }) {
  return (
    <ul className={styles.devices}>
      {devices.map((one, at) => (
        <li key={at}>
          <span className={styles.device}>
            {Object.values(one.properties).map(String).join(" · ") || "Unnamed device"}
            <span className={styles.veiled}>
              <IconLock size={12} aria-label="veiled" /> {one.masked}
            </span>
          </span>
          <span className={styles.whence}>
            {one.first && one.last && (
              <>
                first <When instant={one.first} />, last <When instant={one.last} />
              </>
            )}
            {one.events > 0 && `, ${events(one.events)} by it alone`}
          </span>
        </li>
      ))}
    </ul>
  );
}
