// The rooms, icon and word, under what one comes for; on a phone the rail lies at the bottom and
// each group opens its rooms.

import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconLogout, IconUserCircle } from "@tabler/icons-react";
import { Link } from "wouter";
import { useSignOut } from "../api/questions";
import { useAddress, useProject } from "./project";
import { GROUPS, type RoomGroup } from "./rooms";
import styles from "./rail.module.css";

export function Rail({ room }: { room: string }) {
  const address = useAddress();
  return (
    <nav className={styles.rail} aria-label="Rooms">
      <Link href={address("overview")} className={styles.mark} aria-label="Sojourn, overview">
        <img src="/assets/mark.svg" alt="" width={28} height={28} />
      </Link>
      <div className={styles.groups}>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h2 className={styles.group}>{group.title}</h2>
            <ul className={styles.rooms}>
              {group.rooms.map((one) => (
                <li key={one.name}>
                  <Link
                    href={address(one.name)}
                    className={styles.room}
                    aria-current={one.name === room ? "page" : undefined}
                  >
                    <one.icon size={18} stroke={1.7} aria-hidden />
                    <span>{one.title}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className={styles.bar}>
        {GROUPS.map((group) => (
          <BarGroup key={group.title} group={group} room={room} />
        ))}
      </div>
      <div className={styles.foot}>
        <Member />
      </div>
    </nav>
  );
}

function BarGroup({ group, room }: { group: RoomGroup; room: string }) {
  const address = useAddress();
  const here = group.rooms.some((one) => one.name === room);
  return (
    <Menu position="top" withinPortal shadow="md" width={210}>
      <Menu.Target>
        <button type="button" className={styles.room} data-here={here || undefined}>
          <group.icon size={20} stroke={1.7} aria-hidden />
          <span>{group.title}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {group.rooms.map((one) => (
          <Menu.Item
            key={one.name}
            component={Link}
            href={address(one.name)}
            leftSection={<one.icon size={18} stroke={1.7} aria-hidden />}
            aria-current={one.name === room ? "page" : undefined}
          >
            {one.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function Member() {
  const { session } = useProject();
  const signOut = useSignOut();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  return (
    <Menu position="right-end" withinPortal shadow="md" width={210}>
      <Menu.Target>
        <button type="button" className={styles.member} aria-label="Appearance and session">
          <IconUserCircle size={20} stroke={1.7} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Appearance</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {APPEARANCES.map(({ scheme, says }) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {says}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>Signed in as {session.member}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const APPEARANCES: { scheme: MantineColorScheme; says: string }[] = [
  { scheme: "auto", says: "As the system" },
  { scheme: "light", says: "Light" },
  { scheme: "dark", says: "Dark" },
];
