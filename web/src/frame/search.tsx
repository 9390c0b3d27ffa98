// Ctrl-K: rooms, events, projects, and a whole identifier as the way to a person.

import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import { IconFolder, IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { Dot } from "../parts/event-name";
import { count, people } from "../words/number";
import { useAddress, useProject } from "./project";
import { ROOMS } from "./rooms";
import styles from "./search.module.css";

const FOUND_MAX = 12;
// Rarer names than these are found where a question asks for an event.
const EVENTS_MAX = 1_000;

export function Search() {
  const [typed, setTyped] = useState("");
  const address = useAddress();
  const [, go] = useLocation();
  const groups = usePlaces();
  const identifier = typed.trim();
  const person: SpotlightActionData = {
    id: "person",
    label: `Find the person “${identifier}”`,
    description: "By a whole identifier: a user id, an e-mail, an anonymous id",
    leftSection: <IconUserSearch size={18} stroke={1.7} />,
    onClick: () => go(address("people", { search: identifier })),
  };
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={["mod + K", "/"]}
      filter={(wanted, offered) => [
        ...matching(wanted, offered as SpotlightActionGroupData[]),
        ...(identifier ? [{ group: "People", actions: [person] }] : []),
      ]}
      nothingFound="Nothing is called that."
      scrollable
      classNames={{ action: styles.action }}
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.7} />,
        placeholder: "A room, an event, a project, a whole identifier",
        "aria-label": "Search",
      }}
    />
  );
}

// Where one can go by name.
function usePlaces(): SpotlightActionGroupData[] {
  const { session, project, schema } = useProject();
  const address = useAddress();
  const [, go] = useLocation();
  const rooms = ROOMS.map((room) => ({
    id: `room ${room.name}`,
    label: room.title,
    description: room.asks,
    leftSection: <room.icon size={18} stroke={1.7} />,
    onClick: () => go(address(room.name)),
  }));
  const events = schema.events.slice(0, EVENTS_MAX).map((event) => ({
    id: `event ${event.name}`,
    label: event.title || event.name,
    description: `${people(event.people)}, ${count(event.events)} times. Opens its trend.`,
    leftSection: <Dot event={event.name} />,
    onClick: () => go(address("trend", { event: event.name })),
  }));
  const others = session.projects.filter((one) => one.name !== project.name);
  const projects = others.map((one) => ({
    id: `project ${one.name}`,
    label: one.title,
    description: "Project",
    leftSection: <IconFolder size={18} stroke={1.7} />,
    onClick: () => go(`/app/${encodeURIComponent(one.name)}/overview`),
  }));
  return [
    { group: "Rooms", actions: rooms },
    { group: "Events", actions: events },
    { group: "Projects", actions: projects },
  ];
}

function matching(wanted: string, groups: SpotlightActionGroupData[]): SpotlightActionGroupData[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (label: string | undefined) =>
    words.every((word) => (label ?? "").toLowerCase().includes(word));
  return groups
    .map((one) => ({
      ...one,
      actions: one.actions.filter((action) => holds(action.label)).slice(0, FOUND_MAX),
    }))
    .filter((one) => one.actions.length > 0);
}
