// The shapes the server speaks, under the names the app uses.
// schema.ts is generated from the OpenAPI document, and this is the only file that reads it.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type ProjectSummary = Schemas["ProjectSummary"];
export type ProjectSchema = Schemas["ProjectSchema"];
export type EventSummary = Schemas["EventSummary"];
export type ProjectStatus = Schemas["ProjectStatus"];

export type EventDetail = Schemas["EventDetail"];
export type EventEntry = Schemas["EventEntry"];
export type EventIconName = NonNullable<EventEntry["icon"]>;
export type PropertyDetail = Schemas["PropertyDetail"];
export type PropertyEntry = Schemas["PropertyEntry"];

export type PersonSummary = Schemas["PersonSummary"];
export type PersonPage = Schemas["PersonPage"];
export type PersonAnswer = Schemas["PersonDetail"];
export type PersonDetail = PersonSummary & Omit<PersonAnswer, "person">;
export type StandingMerge = Schemas["StandingMerge"];
export type BlockedMerge = Schemas["BlockedMerge"];
export type KnownProperty = Schemas["KnownProperty"];
export type Touch = Schemas["Touch"];
export type Device = Schemas["Device"];
export type Split = Schemas["Split"];
export type TimelinePage = Schemas["TimelinePage"];
export type TimelineEvent = Schemas["TimelineEvent"];
export type Revealed = Schemas["Revealed"];

export type OrganisationSummary = Schemas["OrganisationSummary"];
export type OrganisationPage = Schemas["OrganisationPage"];
export type OrganisationDetail = Schemas["OrganisationDetail"];

export type Condition = Schemas["Condition"];
export type EventChoice = Schemas["EventChoice"];
export type Segment = Schemas["Segment"];
export type Did = Schemas["Did"];
export type SavedSegment = Schemas["SavedSegment"];
export type Period = Schemas["Period"];
export type Breakdown = Schemas["Breakdown"];
export type Dimension = Schemas["Dimension"];
export type About = Schemas["About"];
export type Of = NonNullable<Condition["of"]>;

export type FunnelDefinition = Schemas["FunnelDefinition"];
export type FunnelStep = Schemas["FunnelStep"];
export type FunnelAnswer = Schemas["FunnelAnswer"];
export type FunnelStepAnswer = Schemas["FunnelStepAnswer"];
export type Durations = Schemas["Durations"];
export type Exclusion = Schemas["Exclusion"];
export type Correlation = Schemas["Correlation"];
export type Correlations = Schemas["Correlations"];
export type FunnelCell = Schemas["FunnelCell"];
export type CorrelationCell = Schemas["CorrelationCell"];
export type TrendDefinition = Schemas["TrendDefinition"];
export type TrendSeries = Schemas["TrendSeries"];
export type TrendFormula = Schemas["TrendFormula"];
export type TrendCell = Schemas["TrendCell"];
export type TrendAnswer = Schemas["TrendAnswer"];
export type RetentionDefinition = Schemas["RetentionDefinition"];
export type RetentionCell = Schemas["RetentionCell"];
export type RetentionCohort = Schemas["RetentionCohort"];
export type RetentionAnswer = Schemas["RetentionAnswer"];
export type PathsDefinition = Schemas["PathsDefinition"];
export type PathsAnswer = Schemas["PathsAnswer"];
export type PathsCell = Schemas["PathsCell"];
export type PathsSequence = Schemas["PathsSequence"];
export type JourneyDefinition = Schemas["JourneyDefinition"];
export type JourneyStep = Schemas["JourneyStep"];
export type JourneyAnswer = Schemas["JourneyAnswer"];
export type CohortDefinition = Schemas["CohortDefinition"];
export type CohortReport = Schemas["CohortAnswer"];
export type LifecycleDefinition = Schemas["LifecycleDefinition"];
export type LifecycleAnswer = Schemas["LifecycleAnswer"];
export type StickinessDefinition = Schemas["StickinessDefinition"];
export type StickinessAnswer = Schemas["StickinessAnswer"];
export type AttributionDefinition = Schemas["AttributionDefinition"];
export type AttributionModel = Schemas["AttributionModel"];
export type AttributionAnswer = Schemas["AttributionAnswer"];
export type VisitsDefinition = Schemas["VisitsDefinition"];
export type VisitsAnswer = Schemas["VisitsAnswer"];
export type VisitsCell = Schemas["VisitsCell"];
export type PeopleDefinition = Schemas["PeopleDefinition"];
export type PeopleReport = Schemas["PeopleAnswer"];
export type Metric = Schemas["Metric"];
export type ActivityDefinition = Schemas["ActivityDefinition"];
export type ActivityAnswer = Schemas["ActivityAnswer"];

export type Order = NonNullable<FunnelDefinition["order"]>;
export type Every = NonNullable<TrendDefinition["every"]>;

export interface Reports {
  funnel: { definition: FunnelDefinition; answer: FunnelAnswer };
  trend: { definition: TrendDefinition; answer: TrendAnswer };
  retention: { definition: RetentionDefinition; answer: RetentionAnswer };
  paths: { definition: PathsDefinition; answer: PathsAnswer };
  journey: { definition: JourneyDefinition; answer: JourneyAnswer };
  cohort: { definition: CohortDefinition; answer: CohortReport };
  lifecycle: { definition: LifecycleDefinition; answer: LifecycleAnswer };
  stickiness: { definition: StickinessDefinition; answer: StickinessAnswer };
  attribution: { definition: AttributionDefinition; answer: AttributionAnswer };
  visits: { definition: VisitsDefinition; answer: VisitsAnswer };
  people: { definition: PeopleDefinition; answer: PeopleReport };
  activity: { definition: ActivityDefinition; answer: ActivityAnswer };
}

export type Quarantined = Schemas["Quarantined"];
export type QuarantineEntry = Schemas["Entry"];
export type OpenedEntry = Schemas["OpenedEntry"];
export type WaitingEvent = Schemas["WaitingEvent"];
export type ChosenEntries = Schemas["Chosen"];
export type Replayed = Schemas["Replayed"];

export type Kind = keyof Reports;

// One cell of an answer, as the report's own people question names it.
export type Cell = Record<string, unknown>;
