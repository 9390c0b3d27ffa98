// The quarantine: what was refused for its form, by reason; one entry opened; replayed or dropped.

import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { useDropEntries, useOpenEntry, useQuarantine, useReplay } from "../api/quarantine";
import type { ChosenEntries, QuarantineEntry, Quarantined, Replayed } from "../api/shapes";
import { useProject } from "../frame/project";
import { Asked } from "../parts/asked";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { WaitingEvent } from "../parts/waiting-event";
import { count, events } from "../words/number";
import { sayRefusal } from "../words/refusal";
import { ago, exact } from "../words/time";
import styles from "./quarantine.module.css";
import room from "./room.module.css";

export default function Quarantine() {
  const { project } = useProject();
  const [search, setSearch] = useSearchParams();
  const reason = search.get("reason");
  const asked = useQuarantine(project.name, reason);
  const choose = (chosen: string | null) =>
    setSearch((now) => {
      const next = new URLSearchParams(now);
      next.delete("reason");
      if (chosen !== null) next.set("reason", chosen);
      return next;
    });
  return (
    <div className={room.room}>
      <p className={styles.lead}>
        What was refused for its form waits here for a while, without secrets and without what no
        purpose allows. Mend what refused it, then replay: each event is stored once.
      </p>
      <Asked asked={asked}>
        {(waiting) =>
          waiting.reasons.length === 0 ? (
            <p className={room.hint}>Nothing waits. What is refused from now on will stand here.</p>
          ) : (
            <Waiting waiting={waiting} reason={reason} choose={choose} />
          )
        }
      </Asked>
    </div>
  );
}

interface WaitingProps {
  waiting: Quarantined;
  reason: string | null;
  choose: (reason: string | null) => void;
}

function Waiting({ waiting, reason, choose }: WaitingProps) {
  const { session } = useProject();
  const [now] = useState(Date.now);
  const all = waiting.reasons.reduce((sum, one) => sum + one.events, 0);
  const here = waiting.reasons.find((one) => one.reason === reason)?.events ?? 0;
  const shown = reason === null ? all : here;
  return (
    <>
      <ul className={styles.reasons} aria-label="Reasons">
        {waiting.reasons.map((one) => (
          <li key={one.reason}>
            <button
              type="button"
              className={styles.reason}
              aria-pressed={one.reason === reason}
              onClick={() => choose(one.reason === reason ? null : one.reason)}
            >
              <b>{count(one.events)}</b>
              <span>{sayRefusal(one.reason)}</span>
              <small>last {ago(new Date(one.last_ms).toISOString(), now)}</small>
            </button>
          </li>
        ))}
      </ul>
      <Acts key={reason} chosen={reason === null ? {} : { reason }} shown={shown} />
      <Sheet
        title={reason === null ? "What waits" : sayRefusal(reason)}
        note={
          shown > waiting.entries.length
            ? `the last ${count(waiting.entries.length)} of ${events(shown)}`
            : events(shown)
        }
      >
        <ul className={styles.entries} aria-label="Entries">
          {waiting.entries.map((entry) => (
            <Line key={entry.id} entry={entry} now={now} />
          ))}
        </ul>
      </Sheet>
      {waiting.overflowed > 0 && (
        <p className={room.hint}>{events(waiting.overflowed)} had no room here, or no longer.</p>
      )}
      {waiting.trouble && <p className={styles.trouble}>Not written: {waiting.trouble}</p>}
      <p className={room.hint}>
        Opening, replaying and dropping are written to the audit log, as by {session.member}.
      </p>
    </>
  );
}

function Acts({ chosen, shown }: { chosen: ChosenEntries; shown: number }) {
  const { project } = useProject();
  const replay = useReplay(project.name);
  const drop = useDropEntries(project.name);
  const [sure, setSure] = useState(false);
  const busy = replay.isPending || drop.isPending;
  return (
    <div className={styles.acts}>
      <button
        type="button"
        className={styles.replay}
        disabled={busy || shown === 0}
        onClick={() => {
          drop.reset();
          replay.mutate(chosen);
        }}
      >
        <IconRefresh size={16} aria-hidden />
        {replay.isPending ? "Replaying…" : `Replay ${events(shown)}`}
      </button>
      <button
        type="button"
        className={sure ? styles.sure : styles.drop}
        disabled={busy || shown === 0}
        onBlur={() => setSure(false)}
        onClick={() => {
          setSure(!sure);
          if (!sure) return;
          replay.reset();
          drop.mutate(chosen);
        }}
      >
        <IconTrash size={16} aria-hidden />
        {sure ? `Drop ${events(shown)} for good` : "Drop"}
      </button>
      <p className={styles.outcome} role="status">
        {replay.data ? sayReplayed(replay.data) : drop.data && `${events(drop.data.events)} dropped.`}
      </p>
      {(replay.error ?? drop.error) && <ProblemNote failure={replay.error ?? drop.error} />}
    </div>
  );
}

function Line({ entry, now }: { entry: QuarantineEntry; now: number }) {
  const { project } = useProject();
  const open = useOpenEntry(project.name);
  const came = new Date(entry.received_ms).toISOString();
  const goes = new Date(entry.until_ms).toISOString();
  const isOpen = open.data !== undefined;
  return (
    <li className={styles.entry}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        disabled={open.isPending}
        onClick={() => (isOpen ? open.reset() : open.mutate(entry.id))}
      >
        <span className={styles.why}>{sayRefusal(entry.reason)}</span>
        <span className={styles.way}>{entry.wire || "unknown wire"}</span>
        <time dateTime={came} title={exact(came, project.timezone)}>
          {ago(came, now)}
        </time>
      </button>
      {open.error && <ProblemNote failure={open.error} />}
      {open.data && (
        <WaitingEvent opened={open.data} goes={exact(goes, project.timezone)}>
          <Acts chosen={{ ids: [entry.id] }} shown={1} />
        </WaitingEvent>
      )}
    </li>
  );
}

function sayReplayed({ kept, stay, gone }: Replayed): string {
  const still = Object.entries(stay).map(
    ([reason, many]) => `${events(many)} still waiting: ${sayRefusal(reason).toLowerCase()}.`,
  );
  const lost = Object.entries(gone).map(
    ([reason, many]) => `${events(many)} may not wait any longer: ${sayRefusal(reason).toLowerCase()}.`,
  );
  return [`${events(kept)} kept.`, ...still, ...lost].join(" ");
}
