// Where one is: project, segment, period, and the search that goes anywhere.

import { Menu } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconCheck, IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useLocation } from "wouter";
import { Member } from "./rail";
import { PeriodPicker } from "./period-picker";
import { useProject } from "./project";
import { SegmentPicker } from "./segment-picker";
import styles from "./top-line.module.css";

export function TopLine() {
  const { project } = useProject();
  return (
    <header className={styles.line}>
      <ProjectPicker />
      {project.simulated && (
        <span
          className={styles.simulated}
          title="Nobody in this project exists: a program wrote their days."
        >
          Simulated<span className={styles.wide}> data</span>
        </span>
      )}
      <div className={styles.push} />
      <SegmentPicker />
      <PeriodPicker />
      <button
        type="button"
        className={styles.search}
        onClick={() => spotlight.open()}
        aria-label="Search"
        aria-keyshortcuts="Control+K"
      >
        <IconSearch size={16} stroke={1.8} aria-hidden />
        <span className={styles.wide}>Search</span>
        <kbd className={styles.key}>Ctrl K</kbd>
      </button>
      <div className={styles.member}>
        <Member />
      </div>
    </header>
  );
}

function ProjectPicker() {
  const { session, project } = useProject();
  const [, go] = useLocation();
  return (
    <Menu position="bottom-start" width={260} shadow="md">
      <Menu.Target>
        <button type="button" className={styles.project} aria-label={`Project ${project.title}`}>
          <span className={styles.title} title={project.title}>
            {project.title}
          </span>
          <IconChevronDown size={15} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Projects</Menu.Label>
        {session.projects.map((one) => (
          <Menu.Item
            key={one.name}
            onClick={() => go(`/app/${encodeURIComponent(one.name)}/overview`)}
            rightSection={one.name === project.name ? <IconCheck size={15} /> : null}
          >
            {one.title}
            <span className={styles.zone}>
              {one.timezone}
              {one.simulated ? " · simulated data" : ""}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
