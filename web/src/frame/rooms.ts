// The rooms, in the order of the rail, under what one comes for.

import {
  IconActivity,
  IconArrowsSplit2,
  IconBiohazard,
  IconBroadcast,
  IconBuilding,
  IconChartLine,
  IconDatabase,
  IconDoorEnter,
  IconFilter,
  IconGridDots,
  IconLayoutDashboard,
  IconListDetails,
  IconMagnet,
  IconRefresh,
  IconRoute,
  IconStack2,
  IconTargetArrow,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface Room {
  name: string;
  title: string;
  asks: string;
  icon: typeof IconUsers;
  view: LazyExoticComponent<ComponentType>;
}

export interface RoomGroup {
  title: string;
  // Stands for the group where there is room for no more.
  icon: typeof IconUsers;
  rooms: Room[];
}

export const GROUPS: RoomGroup[] = [
  {
    title: "Look",
    icon: IconChartLine,
    rooms: [
      {
        name: "overview",
        title: "Overview",
        asks: "Who came, what they did, what arrived",
        icon: IconLayoutDashboard,
        view: lazy(() => import("../rooms/overview")),
      },
      {
        name: "trend",
        title: "Trend",
        asks: "How often something happens over time",
        icon: IconChartLine,
        view: lazy(() => import("../rooms/trend")),
      },
      {
        name: "visits",
        title: "Visits",
        asks: "Where visits begin and end, and how long they last",
        icon: IconDoorEnter,
        view: lazy(() => import("../rooms/visits")),
      },
      {
        name: "activity",
        title: "Activity",
        asks: "The events themselves, the newest first",
        icon: IconActivity,
        view: lazy(() => import("../rooms/activity")),
      },
    ],
  },
  {
    title: "Journeys",
    icon: IconFilter,
    rooms: [
      {
        name: "funnel",
        title: "Funnel",
        asks: "How many get from one step to the next",
        icon: IconFilter,
        view: lazy(() => import("../rooms/funnel")),
      },
      {
        name: "journey",
        title: "Journey",
        asks: "Fixed steps, and what people do in between",
        icon: IconRoute,
        view: lazy(() => import("../rooms/journey")),
      },
      {
        name: "paths",
        title: "Paths",
        asks: "What people do just before and just after",
        icon: IconArrowsSplit2,
        view: lazy(() => import("../rooms/paths")),
      },
      {
        name: "attribution",
        title: "Attribution",
        asks: "Which touches get the credit for a conversion",
        icon: IconTargetArrow,
        view: lazy(() => import("../rooms/attribution")),
      },
    ],
  },
  {
    title: "Keep",
    icon: IconGridDots,
    rooms: [
      {
        name: "retention",
        title: "Retention",
        asks: "Who comes back, and for how long",
        icon: IconGridDots,
        view: lazy(() => import("../rooms/retention")),
      },
      {
        name: "cohort",
        title: "Cohort",
        asks: "What those who began together bring over time",
        icon: IconStack2,
        view: lazy(() => import("../rooms/cohort")),
      },
      {
        name: "lifecycle",
        title: "Lifecycle",
        asks: "Who is new, comes back, or stays away",
        icon: IconRefresh,
        view: lazy(() => import("../rooms/lifecycle")),
      },
      {
        name: "stickiness",
        title: "Stickiness",
        asks: "On how many days people come",
        icon: IconMagnet,
        view: lazy(() => import("../rooms/stickiness")),
      },
    ],
  },
  {
    title: "People",
    icon: IconUsers,
    rooms: [
      {
        name: "live",
        title: "Live",
        asks: "Who is online, and what they do just now",
        icon: IconBroadcast,
        view: lazy(() => import("../rooms/live")),
      },
      {
        name: "people",
        title: "People",
        asks: "Everyone, one by one",
        icon: IconUsers,
        view: lazy(() => import("../rooms/people")),
      },
      {
        name: "organisations",
        title: "Organisations",
        asks: "What people belong to",
        icon: IconBuilding,
        view: lazy(() => import("../rooms/organisations")),
      },
      {
        name: "segments",
        title: "Segments",
        asks: "Those who are alike, kept under a name",
        icon: IconUsersGroup,
        view: lazy(() => import("../rooms/segments")),
      },
    ],
  },
  {
    title: "Data",
    icon: IconDatabase,
    rooms: [
      {
        name: "schema",
        title: "Schema",
        asks: "Which events and properties there are, and what they mean",
        icon: IconListDetails,
        view: lazy(() => import("../rooms/schema")),
      },
      {
        name: "quarantine",
        title: "Quarantine",
        asks: "What was refused, and can be mended and replayed",
        icon: IconBiohazard,
        view: lazy(() => import("../rooms/quarantine")),
      },
    ],
  },
];

export const ROOMS: Room[] = GROUPS.flatMap((group) => group.rooms);

export const Person = lazy(() => import("../rooms/person"));

export const Organisation = lazy(() => import("../rooms/organisation"));
