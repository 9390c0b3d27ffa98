// The colours of the app, once for light and once for dark. Stylesheets read them as variables,
// charts as values. Neutral greys and one accent; red only for what is wrong.

export interface Tokens {
  ground: string;
  paper: string;
  raised: string;
  ink: string;
  soft: string;
  faint: string;
  line: string;
  accent: string;
  accentText: string;
  accentWash: string;
  wrong: string;
  wrongWash: string;
  notice: string;
  noticeWash: string;
  shadeMost: string;
}

export type Scheme = "light" | "dark";

export const tokens: Record<Scheme, Tokens> = {
  light: {
    ground: "#f6f7f6",
    paper: "#ffffff",
    raised: "#f0f2f1",
    ink: "#1a1d1e",
    soft: "#565d60",
    faint: "#6f777b",
    line: "#e2e5e4",
    accent: "#0d7f6c",
    accentText: "#086b5a",
    accentWash: "#e3f3ef",
    wrong: "#c02b2b",
    wrongWash: "#fbecec",
    notice: "#7a5600",
    noticeWash: "#fdf3d8",
    shadeMost: "68%",
  },
  dark: {
    ground: "#121516",
    paper: "#1a1e1f",
    raised: "#232829",
    ink: "#e7eaea",
    soft: "#a7b0b2",
    faint: "#869093",
    line: "#2d3334",
    accent: "#2fae96",
    accentText: "#5cc9b4",
    accentWash: "#17312c",
    wrong: "#ff8585",
    wrongWash: "#3a2020",
    notice: "#ecc766",
    noticeWash: "#362d15",
    shadeMost: "50%",
  },
};

// Eight hues that stay apart for the common kinds of colour blindness, none of them the red of what
// is wrong.
export const eventHues: Record<Scheme, string[]> = {
  light: ["#0072b2", "#e08a00", "#009e73", "#b4569a", "#4aa3df", "#8a8a1f", "#5b4fb3", "#8c564b"],
  dark: ["#4aa3e0", "#f0a830", "#2fc397", "#d98cc0", "#8cc8f2", "#bdbd4f", "#9a90ea", "#bf8a7e"],
};

export const otherHue: Record<Scheme, string> = { light: "#8b9396", dark: "#838d90" };

export const cssName = (token: string): string =>
  `--${token.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
