// A command or a snippet to take away, with a button that copies it.

import { CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import styles from "./command.module.css";

export function Command({ text }: { text: string }) {
  return (
    <div className={styles.box}>
      <pre className={styles.text} tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <button
            type="button"
            className={styles.copy}
            onClick={copy}
            aria-label={copied ? "Copied" : "Copy"}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </button>
        )}
      </CopyButton>
    </div>
  );
}
