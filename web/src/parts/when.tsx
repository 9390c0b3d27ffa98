// A time as people say it, the exact one with its zone on hover.

import { useProject } from "../frame/project";
import { ago, exact } from "../words/time";

export function When({ instant }: { instant: string }) {
  const { project } = useProject();
  return (
    <time dateTime={instant} title={exact(instant, project.timezone)}>
      {ago(instant, Date.now())}
    </time>
  );
}
