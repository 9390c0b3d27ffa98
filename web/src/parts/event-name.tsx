// The name of an event as it stands everywhere: its dot of colour or its icon, and its title, cut in
// the middle where there is no room, whole on hover.

import { useEventColour, useEventTitle, useProject } from "../frame/project";
import { halves } from "../words/name";
import { EventIcon } from "./event-icon";
import styles from "./event-name.module.css";

export function Dot({ event }: { event: string }) {
  const colour = useEventColour();
  const icon = useProject().summaryOf(event)?.icon;
  if (icon)
    return (
      <span className={styles.icon} style={{ color: colour(event) }}>
        <EventIcon icon={icon} />
      </span>
    );
  return <span className={styles.dot} style={{ background: colour(event) }} aria-hidden />;
}

export function Cut({ name }: { name: string }) {
  const [head, tail] = halves(name);
  return (
    <span className={styles.cut} title={tail ? name : undefined}>
      <span className={styles.head}>{head}</span>
      {tail && <span className={styles.tail}>{tail}</span>}
    </span>
  );
}

// A step may be called something else than its event.
export function EventName({ event, says }: { event: string; says?: string }) {
  const title = useEventTitle();
  return (
    <span className={styles.name}>
      <Dot event={event} />
      <Cut name={says ?? title(event)} />
    </span>
  );
}
