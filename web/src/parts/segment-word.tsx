// Whom a question is about, inside its sentence: the same choice as in the top line.

import { SegmentChoices } from "../frame/segment-choices";
import { useSegment } from "../frame/project";
import { Cut } from "./event-name";
import { Word } from "./sentence";

export function SegmentWord() {
  const { segment, says } = useSegment();
  const said = says(segment);
  return (
    <Word says={<Cut name={said} />} label={`Of whom: ${said}`} width={300}>
      {(close) => <SegmentChoices done={close} />}
    </Word>
  );
}
