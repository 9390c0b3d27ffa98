// Who is asking, and which project: a room is drawn once both are known.

import { Suspense, type ReactNode } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Problem } from "../api/client";
import { useSchema, useSession } from "../api/questions";
import type { ProjectSummary, Session } from "../api/shapes";
import { EmptyProject } from "../parts/empty-project";
import { Calm } from "../parts/calm";
import { ProblemNote } from "../parts/problem-note";
import { FirstLoad } from "../parts/loading";
import { Boundary } from "./boundary";
import { Frame } from "./frame";
import { Login } from "./login";
import { ProjectProvider } from "./project";
import { Organisation, Person, ROOMS } from "./rooms";

const LAST_PROJECT = "sojourn.project";
// Rooms that have something to show before the first event is kept.
const WITHOUT_EVENTS = ["schema", "quarantine"];

export function App() {
  const session = useSession();
  if (session.error instanceof Problem && session.error.status === 401) return <Login />;
  if (session.error) {
    return (
      <Calm title="Sojourn cannot be reached">
        <ProblemNote failure={session.error} again={() => void session.refetch()} />
      </Calm>
    );
  }
  if (!session.data) return <FirstLoad />;
  return <Projects session={session.data} />;
}

function Projects({ session }: { session: Session }) {
  const [first] = session.projects;
  if (!first) return <NoProject />;
  const last = session.projects.find((one) => one.name === lastProject()) ?? first;
  return (
    <Switch>
      <Route path="/app/:project/:room/:one?">
        {({ project, room, one }) => {
          const found = session.projects.find((own) => own.name === project);
          if (!found) return <UnknownProject name={project} session={session} />;
          return (
            <InProject
              key={found.name}
              session={session}
              project={found}
              room={room}
              one={one}
            />
          );
        }}
      </Route>
      <Route path="/app/:project">
        {({ project }) => <Redirect to={`/app/${project}/overview`} replace />}
      </Route>
      <Route>
        <Redirect to={`/app/${encodeURIComponent(last.name)}/overview`} replace />
      </Route>
    </Switch>
  );
}

function InProject(props: {
  session: Session;
  project: ProjectSummary;
  room: string;
  // Whose page of the room it is, if one's.
  one: string | undefined;
}) {
  const { session, project, room, one } = props;
  const schema = useSchema(project.name);
  rememberProject(project.name);
  if (!schema.data) {
    if (schema.error) {
      return (
        <Calm title={project.title}>
          <ProblemNote failure={schema.error} again={() => void schema.refetch()} />
        </Calm>
      );
    }
    return <FirstLoad />;
  }
  return (
    <ProjectProvider session={session} project={project} schema={schema.data}>
      <Frame room={room}>
        {schema.data.events_total === 0 && !WITHOUT_EVENTS.includes(room) ? (
          <EmptyProject />
        ) : (
          <RoomView room={room} one={one} />
        )}
      </Frame>
    </ProjectProvider>
  );
}

function RoomView({ room, one }: { room: string; one: string | undefined }): ReactNode {
  const [address] = useLocation();
  const found = ROOMS.find((known) => known.name === room);
  if (!found)
    return (
      <ProblemNote
        failure={
          new Problem(
            404,
            "There is no such room",
            `“${address}” leads nowhere.`,
            "",
            "Choose one of the rooms in the rail.",
          )
        }
      />
    );
  const View = found.view;
  return (
    <Boundary address={address}>
      <Suspense fallback={<FirstLoad inside />}>
        {room === "people" && one ? (
          <Person key={one} person={one} />
        ) : room === "organisations" && one ? (
          <Organisation key={one} organisation={one} />
        ) : (
          <View />
        )}
      </Suspense>
    </Boundary>
  );
}

function NoProject() {
  return (
    <Calm title="No project yet">
      <p>A project appears with its first import or its first write key:</p>
      <p>
        <code>sojourn import events.csv.gz --project shop</code>
      </p>
    </Calm>
  );
}

function UnknownProject({ name, session }: { name: string; session: Session }) {
  return (
    <Calm title="Unknown project">
      <p>You have no project “{name}”. These are yours:</p>
      <ul>
        {session.projects.map((one) => (
          <li key={one.name}>
            <a href={`/app/${encodeURIComponent(one.name)}/overview`}>{one.title}</a>
          </li>
        ))}
      </ul>
    </Calm>
  );
}

function lastProject(): string | null {
  try {
    return window.localStorage.getItem(LAST_PROJECT);
  } catch {
    return null;
  }
}

function rememberProject(name: string): void {
  try {
    window.localStorage.setItem(LAST_PROJECT, name);
  } catch {
    // A browser that refuses storage starts in the first project.
  }
}
