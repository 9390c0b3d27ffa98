// A small mark at each answer: for which purpose it was asked and what share of people it could not
// see; how it was found when one looks closer.

import { HoverCard } from "@mantine/core";
import { IconShield } from "@tabler/icons-react";
import type { About } from "../api/shapes";
import { useProject } from "../frame/project";
import { count, percent } from "../words/number";
import { exact } from "../words/time";
import styles from "./answer-mark.module.css";

interface AnswerMarkProps {
  about: About | undefined;
  purpose?: string;
}

export function AnswerMark({ about = {}, purpose = "analytics" }: AnswerMarkProps) {
  const { project } = useProject();
  const unseen = about.unseen ?? 0;
  const when = (instant: string | null | undefined) =>
    instant ? exact(instant, project.timezone) : "–";
  return (
    <HoverCard position="bottom-end" shadow="md" width={330} openDelay={150}>
      <HoverCard.Target>
        <button type="button" className={styles.mark} aria-label={`How this was found`}>
          <IconShield size={14} stroke={1.7} aria-hidden />
          {purpose}
          {unseen > 0 && <span className={styles.unseen}>{percent(unseen)} unseen</span>}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <dl className={styles.lines}>
          <Line name="Asked for" value={purpose} />
          <Line name="People it could see" value={count(about.people ?? 0)} />
          <Line name="Unseen" value={percent(unseen)} />
          <Line name="From" value={when(about.from)} />
          <Line name="To" value={when(about.to)} />
          <Line name="Events read" value={count(about.events ?? 0)} />
          <Line name="Parts" value={count(about.parts ?? 0)} />
          <Line name="Time" value={`${(about.ms ?? 0).toFixed(1)} ms`} />
        </dl>
        <p className={styles.note}>
          Unseen are people of whom nothing is lawful for this purpose, or who may not be seen now.
        </p>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div className={styles.line}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
