// The rooms, in the order of the rail.

import {
  IconArrowsSplit2,
  IconChartLine,
  IconFilter,
  IconGridDots,
  IconLayoutDashboard,
  IconUsers,
} from "@tabler/icons-react";
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface Room {
  name: string;
  title: string;
  asks: string;
  icon: typeof IconUsers;
  view: LazyExoticComponent<ComponentType>;
}

export const ROOMS: Room[] = [
  {
    name: "overview",
    title: "Overview",
    asks: "Who came, what they did, what arrived",
    icon: IconLayoutDashboard,
    view: lazy(() => import("../rooms/overview")),
  },
  {
    name: "funnel",
    title: "Funnel",
    asks: "How many get from one step to the next",
    icon: IconFilter,
    view: lazy(() => import("../rooms/funnel")),
  },
  {
    name: "trend",
    title: "Trend",
    asks: "How often something happens over time",
    icon: IconChartLine,
    view: lazy(() => import("../rooms/trend")),
  },
  {
    name: "retention",
    title: "Retention",
    asks: "Who comes back, and for how long",
    icon: IconGridDots,
    view: lazy(() => import("../rooms/retention")),
  },
  {
    name: "paths",
    title: "Paths",
    asks: "What people do just before and just after",
    icon: IconArrowsSplit2,
    view: lazy(() => import("../rooms/paths")),
  },
  {
    name: "people",
    title: "People",
    asks: "Everyone, one by one",
    icon: IconUsers,
    view: lazy(() => import("../rooms/people")),
  },
];

export const Person = lazy(() => import("../rooms/person"));
