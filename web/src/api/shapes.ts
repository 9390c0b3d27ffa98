// The shapes the server speaks, under the names the app uses.
// schema.ts is generated from the OpenAPI document, and this is the only file that reads it.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type ProjectSummary = Schemas["ProjectSummary"];
export type ProjectSchema = Schemas["ProjectSchema"];
export type EventSummary = Schemas["EventSummary"];
export type PropertySummary = Schemas["PropertySummary"];
export type ProjectStatus = Schemas["ProjectStatus"];

export type PersonSummary = Schemas["PersonSummary"];
export type PersonPage = Schemas["PersonPage"];
export type PersonDetail = PersonSummary & { merged: number[] };
export type PersonAnswer = Schemas["PersonDetail"];
export type TimelinePage = Schemas["TimelinePage"];
export type TimelineEvent = Schemas["TimelineEvent"];
export type Revealed = Schemas["Revealed"];

export type FunnelDefinition = Schemas["FunnelDefinition"];
export type FunnelStep = Schemas["FunnelStep"];
export type FunnelAnswer = Schemas["FunnelAnswer"];
export type FunnelStepAnswer = Schemas["FunnelStepAnswer"];
export type CellQuestion = Schemas["FunnelCellQuestion"];
export type TrendDefinition = Schemas["TrendDefinition"];
export type TrendAnswer = Schemas["TrendAnswer"];
export type RetentionDefinition = Schemas["RetentionDefinition"];
export type RetentionAnswer = Schemas["RetentionAnswer"];
export type PathsDefinition = Schemas["PathsDefinition"];
export type PathsAnswer = Schemas["PathsAnswer"];

export type Condition = NonNullable<FunnelStep["where"]>[number];
export type Order = NonNullable<FunnelDefinition["order"]>;
export type Period = NonNullable<FunnelDefinition["period"]>;
export type Every = NonNullable<TrendDefinition["every"]>;
export type Measure = "people" | "events";

export interface Reports {
  funnel: { definition: FunnelDefinition; answer: FunnelAnswer };
  trend: { definition: TrendDefinition; answer: TrendAnswer };
  retention: { definition: RetentionDefinition; answer: RetentionAnswer };
  paths: { definition: PathsDefinition; answer: PathsAnswer };
}

export type Kind = keyof Reports;
