// What stands below a question: its answer, the former one while the next is on its way, or why
// there is none.

import type { ReactNode } from "react";
import { Answering, FirstLoad } from "./loading";
import { ProblemNote } from "./problem-note";

interface AskedProps<Answer> {
  asked: {
    data: Answer | undefined;
    error: unknown;
    isFetching: boolean;
    isLoading: boolean;
    isPlaceholderData: boolean;
    refetch: () => unknown;
  };
  children: (answer: Answer) => ReactNode;
}

export function Asked<Answer>({ asked, children }: AskedProps<Answer>) {
  const waiting = asked.isFetching && (asked.isPlaceholderData || asked.isLoading);
  if (asked.error && !waiting)
    return <ProblemNote failure={asked.error} again={() => void asked.refetch()} />;
  if (asked.data === undefined) return waiting ? <FirstLoad inside /> : null;
  return <Answering waiting={waiting}>{children(asked.data)}</Answering>;
}
