// What was told of a person last: the value, who told it and when. Sealed values stay veiled.

import { IconLock } from "@tabler/icons-react";
import { Fragment } from "react";
import { Link } from "wouter";
import type { KnownProperty } from "../api/shapes";
import { useAddress } from "../frame/project";
import room from "../rooms/room.module.css";
import styles from "./person-parts.module.css";
import { When } from "./when";

// A long name breaks where its words end.
const breakable = (name: string) =>
  name.split(/(?<=[_.])/).map((word, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {word}
    </Fragment>
  ));

// To which organisation somebody belongs is told by its number, and leads to it.
const ORGANISATION = "group.id";

function Value({ property }: { property: KnownProperty }) {
  const address = useAddress();
  if (property.name !== ORGANISATION) return <>{String(property.value)}</>;
  return (
    <Link href={address(`organisations/${property.value}`)} className={room.link}>
      Organisation {property.value}
    </Link>
  );
}

export function KnownProperties({ properties }: { properties: KnownProperty[] }) {
  return (
    <dl className={styles.list}>
      {properties.map((one) => (
        <div key={one.name} className={styles.line}>
          <dt>{breakable(one.name)}</dt>
          <dd>
            {one.sealed ? (
              <span className={styles.veiled}>
                <IconLock size={12} aria-label="veiled" /> •••
              </span>
            ) : (
              <Value property={one} />
            )}
            <span className={styles.whence}>
              {one.source && `${one.source}, `}
              <When instant={one.at} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
