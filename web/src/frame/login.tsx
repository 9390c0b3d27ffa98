// The page of someone without a session: calm, and it says how to get one.

import { Calm } from "../parts/calm";
import { Command } from "../parts/command";

export function Login() {
  return (
    <Calm title="Sign in with your login link">
      <p>
        <code>sojourn serve</code> prints a link that opens this app once. Find it in the terminal
        where the server was started, and open it in this browser.
      </p>
      <p>
        The link was already used, or the window is gone? Print a new one on the machine that runs
        Sojourn:
      </p>
      <Command text="sojourn login" />
    </Calm>
  );
}
