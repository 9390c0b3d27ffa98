// When drawing a room fails, the frame stays and the room says so. A new address is a new attempt.

import { Component, type ReactNode } from "react";
import { Problem } from "../api/client";
import { ProblemNote } from "../parts/problem-note";

export class Boundary extends Component<
  { address: string; children: ReactNode },
  { failure: unknown; address: string }
> {
  override state = { failure: null as unknown, address: this.props.address };

  static getDerivedStateFromError(failure: unknown) {
    return { failure };
  }

  static getDerivedStateFromProps(next: { address: string }, now: { address: string }) {
    return next.address === now.address ? null : { failure: null, address: next.address };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    const detail = failure instanceof Error ? failure.message : String(failure);
    // A room is fetched when it is first opened; after an upgrade its old file is gone.
    const mend =
      "Reload the page. If it happens again, a bug report needs the address and this text.";
    return (
      <ProblemNote
        failure={new Problem(0, "This room could not be drawn", detail, this.props.address, mend)}
        again={() => window.location.reload()}
      />
    );
  }
}
