// The period inside a sentence, with the word that leads to it: the same choice as in the top line.

import { PeriodChoices } from "../frame/period-picker";
import { usePeriod } from "../frame/project";
import { sayPeriod } from "../words/period";
import { Word } from "./sentence";

const LEADS = { all: "over", last: "in the", range: "in the days of" };

export function PeriodWord() {
  const { choice } = usePeriod();
  return (
    <>
      {LEADS[choice.kind]}{" "}
      <Word says={sayPeriod(choice)} label={`Period: ${sayPeriod(choice)}`} width={320}>
        {(close) => <PeriodChoices done={close} />}
      </Word>
    </>
  );
}
