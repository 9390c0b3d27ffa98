// Mantine in our colours, our size and the system's own fonts.

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";
import { cssName, eventHues, otherHue, tokens, type Scheme } from "./tokens";

const pine: MantineColorsTuple = [
  "#e3f3ef",
  "#cbe7e0",
  "#9fd2c6",
  "#6fbcab",
  "#46aa95",
  "#2fae96",
  "#1b937e",
  "#0d7f6c",
  "#086b5a",
  "#04503f",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 6 },
  colors: { pine },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Open Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: "md",
  cursorType: "pointer",
  components: {
    Drawer: {
      styles: { content: { background: "var(--paper)" }, header: { background: "var(--paper)" } },
    },
    Spotlight: {
      styles: { content: { background: "var(--paper)" }, search: { background: "var(--paper)" } },
    },
    Popover: { styles: { dropdown: { background: "var(--paper)", borderColor: "var(--line)" } } },
    Menu: { styles: { dropdown: { background: "var(--paper)", borderColor: "var(--line)" } } },
  },
  respectReducedMotion: true,
});

function variables(scheme: Scheme): Record<string, string> {
  const named = Object.entries(tokens[scheme]).map(([name, value]) => [cssName(name), value]);
  const hues = eventHues[scheme].map((hue, place) => [`--event-${place}`, hue]);
  return {
    ...Object.fromEntries([...named, ...hues]),
    "--event-other": otherHue[scheme],
    "--mantine-color-body": tokens[scheme].ground,
    "--mantine-color-text": tokens[scheme].ink,
    "--mantine-color-dimmed": tokens[scheme].soft,
    "--mantine-color-default": tokens[scheme].paper,
    "--mantine-color-default-hover": tokens[scheme].raised,
    "--mantine-color-default-border": tokens[scheme].line,
    "--mantine-color-placeholder": tokens[scheme].faint,
  };
}

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: variables("light"),
  dark: variables("dark"),
});
