// How the banner looks. A site changes it by custom properties (see docs/reference/consent.md),
// which reach through to it; nothing else of the site does.

export const LOOK = `
:host { all: initial; }
* { box-sizing: border-box; }
[role=dialog] {
  --paper: var(--sojourn-consent-paper, #fff); --ink: var(--sojourn-consent-ink, #1c1e21);
  --line: var(--sojourn-consent-line, #767c85); --wash: var(--sojourn-consent-wash, #f5f6f8);
  --accent: var(--sojourn-consent-accent, #1f5fbf);
  color-scheme: light; position: fixed; z-index: var(--sojourn-consent-layer, 2147483000);
  left: 0; right: 0; bottom: 0; margin: auto; padding: 1.1rem 1.25rem;
  width: min(var(--sojourn-consent-width, 36rem), 100% - 1rem); max-height: calc(100% - 1rem);
  margin-bottom: .5rem; overflow: auto; overflow-wrap: anywhere;
  background: var(--paper); color: var(--ink);
  border: 1px solid var(--line); border-radius: var(--sojourn-consent-radius, 10px);
  box-shadow: 0 6px 30px #0004;
  font: var(--sojourn-consent-font, 16px/1.5 system-ui, sans-serif);
}
@media (prefers-color-scheme: dark) {
  [role=dialog] {
    color-scheme: dark;
    --paper: var(--sojourn-consent-paper-dark, #15171a); --ink: var(--sojourn-consent-ink-dark, #e6e8eb);
    --line: var(--sojourn-consent-line-dark, #7d858f); --wash: var(--sojourn-consent-wash-dark, #22262b);
    --accent: var(--sojourn-consent-accent-dark, #8ab4ff);
  }
}
@media (prefers-reduced-motion: no-preference) {
  [role=dialog] { animation: rise .2s ease-out; }
  @keyframes rise { from { transform: translateY(1rem); opacity: 0; } }
}
h2 { margin: 0 0 .3rem; font-size: 1.15em; }
p, ul { margin: .4rem 0; }
ul { padding-left: 1.2rem; }
.acts { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; margin: .9rem 0 .5rem; }
button {
  min-height: 2.75rem; padding: .3rem .5rem; border: 1px solid var(--ink); border-radius: 6px;
  background: var(--paper); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--wash); }
.wide { grid-column: 1 / -1; font-weight: 400; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=dialog]:focus { outline: 0; }
.choice { padding: .5rem 0; border-top: 1px solid var(--line); }
label { display: flex; align-items: center; gap: .6rem; min-height: 2.25rem; font-weight: 600; }
input { flex: none; width: 1.4rem; height: 1.4rem; margin: 0; accent-color: var(--accent); }
summary { width: fit-content; min-height: 1.5rem; cursor: pointer; }
.signal { padding: .4rem .7rem; border-radius: 6px; background: var(--wash); }
a { color: var(--accent); margin-right: 1rem; }
[hidden] { display: none; }
`;
