// The segment of every question in sight, in the top line.

import { Popover } from "@mantine/core";
import { IconChevronDown, IconUsersGroup } from "@tabler/icons-react";
import { useState } from "react";
import styles from "./period-picker.module.css";
import { useSegment } from "./project";
import { SegmentChoices } from "./segment-choices";

export function SegmentPicker() {
  const { segment, says } = useSegment();
  const [open, setOpen] = useState(false);
  const said = says(segment);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
      width={300}
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.chosen}
          data-segment
          data-set={segment ? true : undefined}
          onClick={() => setOpen(!open)}
          aria-label={`Segment: ${said}`}
          title={said}
        >
          <IconUsersGroup size={16} stroke={1.7} aria-hidden />
          <span className={styles.words}>{said.charAt(0).toUpperCase() + said.slice(1)}</span>
          <IconChevronDown size={15} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <SegmentChoices done={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
