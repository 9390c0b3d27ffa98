// Live: who is online, and what they do as they do it.

import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { Problem } from "../api/client";
import { useLive, type Connection, type LiveEvent, type Online } from "../api/live";
import { useAddress, useProject } from "../frame/project";
import answer from "../parts/answer.module.css";
import { EventName } from "../parts/event-name";
import { ProblemNote } from "../parts/problem-note";
import { Sheet } from "../parts/sheet";
import { Table, type Column } from "../parts/table";
import { When } from "../parts/when";
import { count, events, people } from "../words/number";
import { clock, exact } from "../words/time";
import styles from "./live.module.css";
import room from "./room.module.css";

const TICK_MS = 15_000;
const PAGE = ["title", "path", "url", "page"];
const DEVICE = ["device", "browser", "os"];

export default function Live() {
  const { project } = useProject();
  const { list, online, connection, pause } = useLive(project.name);
  useTick(TICK_MS);
  return (
    <div className={room.room}>
      {connection === "closed" && (
        <ProblemNote
          failure={new Problem(0, "The live list has ended", "", "", "Log in, or try again later.")}
          again={() => window.location.reload()}
        />
      )}
      <div className={answer.answer} aria-live="polite">
        <p className={answer.number}>
          {online ? count(online.total) : "–"}
          <span className={answer.unit}>online</span>
        </p>
        <p className={answer.words}>
          {people(online?.total ?? 0)} seen within the last five minutes. <Says {...{ connection }} />
        </p>
      </div>
      <div className={room.columns}>
        <Sheet
          title="Events"
          note={list.paused ? "paused" : "the newest first"}
          aside={
            <button type="button" className={styles.pause} onClick={() => pause(!list.paused)}>
              {list.paused ? (
                <>
                  <IconPlayerPlay size={14} aria-hidden /> Go on
                  {list.waiting.length > 0 && ` (${events(list.waiting.length)})`}
                </>
              ) : (
                <>
                  <IconPlayerPause size={14} aria-hidden /> Pause
                </>
              )}
            </button>
          }
        >
          {list.lost > 0 && (
            <p className={styles.lost} role="status">
              {events(list.lost)} came too fast to be listed. They are counted everywhere else.
            </p>
          )}
          {list.shown.length > 0 ? <Events shown={list.shown} /> : <Quiet />}
        </Sheet>
        <Sheet title="Online now" note="the last seen first">
          <Present online={online} />
        </Sheet>
      </div>
    </div>
  );
}

// Times are told relative to now, which moves on while nothing else happens.
function useTick(every: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => tick((now) => now + 1), every);
    return () => window.clearInterval(timer);
  }, [every]);
}

function Says({ connection }: { connection: Connection }) {
  if (connection === "lost") return <>The connection is lost; it is being opened again.</>;
  return connection === "opening" ? <>Opening …</> : null;
}

function Quiet() {
  return (
    <p className={room.hint}>
      Nothing has happened in the last five minutes. What is sent now stands here within a second.
    </p>
  );
}

function Events({ shown }: { shown: LiveEvent[] }) {
  const { project } = useProject();
  const address = useAddress();
  const zone = project.timezone;
  const columns: Column<LiveEvent>[] = [
    { title: "Event", cell: (row) => <EventName event={row.event} /> },
    {
      title: "When",
      cell: (row) => (
        <time dateTime={row.ts} title={exact(row.ts, zone)}>
          {clock(row.ts, zone)}
        </time>
      ),
    },
    { title: "Page", wide: true, name: true, cell: (row) => <Cut text={first(row, PAGE)} /> },
    { title: "Country", wide: true, cell: (row) => first(row, ["country"]) },
    { title: "Device", wide: true, cell: (row) => first(row, DEVICE) },
    {
      title: "Person",
      figure: true,
      cell: (row) => (
        <Link href={address(`people/${row.person}`)} className={room.link}>
          {row.person}
        </Link>
      ),
    },
  ];
  return <Table caption="Events, the newest first" rows={shown} columns={columns} />;
}

function Cut({ text }: { text: string }) {
  return (
    <span className={room.path} title={text}>
      {text}
    </span>
  );
}

// The first of some properties that an event has.
function first(row: LiveEvent, names: string[]): string {
  const name = names.find((one) => row.properties[one] !== undefined);
  return name === undefined ? "–" : String(row.properties[name]);
}

function Present({ online }: { online: Online | null }) {
  const address = useAddress();
  if (!online || online.total === 0) return <p className={room.hint}>Nobody just now.</p>;
  return (
    <>
      <ul className={styles.present} aria-label="Online now">
        {online.people.map((one) => (
          <li key={one.person}>
            <Link href={address(`people/${one.person}`)} className={styles.person}>
              <span>Person {one.person}</span>
              <span className={styles.when}>
                <When instant={one.last} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {online.total > online.people.length && (
        <p className={room.hint}>and {count(online.total - online.people.length)} more</p>
      )}
    </>
  );
}
