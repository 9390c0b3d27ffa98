// A Sankey of three columns, read left to right: what came before, the event, what came after.
// Bands are as thick as they are frequent; where timelines end the band fades out.
// The names are buttons: each moves the picture to its event.

import type { Around, Neighbour } from "../words/around";
import { gather } from "../words/around";
import { useEventColour } from "../frame/project";
import { count, share } from "../words/number";
import { Cut, Dot } from "./event-name";
import styles from "./flow.module.css";

const SHOWN = 6;
const HEIGHT = 340;
const GAP = 14;
const BAND_WIDTH = 100;

interface Band {
  key: string;
  event: string | null;
  says: string;
  count: number;
  top: number;
  thick: number;
  inner: number;
}

export function Flow({ here, onChoose }: { here: Around; onChoose: (event: string) => void }) {
  const before = bandsOf(here.before, here.total, "the start of a timeline");
  const after = bandsOf(here.after, here.total, "the end of a timeline");
  return (
    <figure className={styles.flow} aria-label={`What came before and after ${here.event}`}>
      <div className={styles.title}>Just before</div>
      <div />
      <div />
      <div />
      <div className={styles.title}>Just after</div>
      <Side bands={before} total={here.total} onChoose={onChoose} left />
      <Bands bands={before} id="before" left />
      <div className={styles.middle}>
        <span>
          <Cut name={here.event} />
          <b>{count(here.total)}</b>
        </span>
      </div>
      <Bands bands={after} id="after" />
      <Side bands={after} total={here.total} onChoose={onChoose} />
    </figure>
  );
}

function bandsOf(neighbours: Neighbour[], total: number, edge: string): Band[] {
  const { kept, rest } = gather(neighbours, SHOWN);
  const named = kept.map((one) => ({
    key: one.event ?? " edge",
    event: one.event,
    says: one.event ?? edge,
    count: one.count,
  }));
  const others =
    rest.length > 0
      ? [
          {
            key: " rest",
            event: null,
            says: `${rest.length} others`,
            count: rest.reduce((sum, one) => sum + one.count, 0),
          },
        ]
      : [];
  const all = [...named, ...others];
  const room = HEIGHT - GAP * (all.length - 1);
  let top = 0;
  let inner = 0;
  return all.map((one) => {
    const part = total > 0 ? one.count / total : 0;
    const band = { ...one, top, thick: part * room, inner };
    top += part * room + GAP;
    inner += part * HEIGHT;
    return band;
  });
}

function Bands({ bands, id, left = false }: { bands: Band[]; id: string; left?: boolean }) {
  const colour = useEventColour();
  return (
    <svg
      className={styles.bands}
      viewBox={`0 0 ${BAND_WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <defs>
        <linearGradient id={`fade-${id}`} x1={left ? 1 : 0} x2={left ? 0 : 1}>
          <stop offset="0" stopColor="var(--faint)" stopOpacity="0.45" />
          <stop offset="0.75" stopColor="var(--faint)" stopOpacity="0" />
        </linearGradient>
      </defs>
      {bands.map((band, at) => {
        const thickInside = (bands[at + 1]?.inner ?? HEIGHT) - band.inner;
        const path = left
          ? curve(band.top, band.thick, band.inner, thickInside)
          : curve(band.inner, thickInside, band.top, band.thick);
        return (
          <path
            key={band.key}
            d={path}
            className={styles.band}
            fill={
              band.key === " edge"
                ? `url(#fade-${id})`
                : band.event
                  ? colour(band.event)
                  : "var(--event-other)"
            }
            data-edge={band.key === " edge" || undefined}
          />
        );
      })}
    </svg>
  );
}

function curve(top: number, thick: number, otherTop: number, otherThick: number): string {
  const half = BAND_WIDTH / 2;
  const bottom = top + thick;
  const otherBottom = otherTop + otherThick;
  const along = `M0 ${top}C${half} ${top} ${half} ${otherTop} ${BAND_WIDTH} ${otherTop}`;
  return `${along}V${otherBottom}C${half} ${otherBottom} ${half} ${bottom} 0 ${bottom}Z`;
}

// A name has room for a line even where its band is thinner; it then stands lower than its band,
// never on another name.
const LINE = 20;

function Side({
  bands,
  total,
  onChoose,
  left = false,
}: {
  bands: Band[];
  total: number;
  onChoose: (event: string) => void;
  left?: boolean;
}) {
  const tops = spread(bands);
  return (
    <ul className={styles.side} data-left={left || undefined} style={{ height: HEIGHT }}>
      {bands.map((band, at) => (
        <li key={band.key} style={{ top: tops[at] }}>
          {band.event ? (
            <button
              type="button"
              className={styles.name}
              onClick={() => onChoose(band.event ?? "")}
              aria-label={`${band.says}: ${share(band.count, total)}. Look around it.`}
            >
              <Dot event={band.event} />
              <Cut name={band.says} />
            </button>
          ) : (
            <span className={styles.edge}>{band.says}</span>
          )}
          <span className={styles.count} title={`${count(band.count)} times`}>
            {share(band.count, total)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function spread(bands: Band[]): number[] {
  const tops: number[] = [];
  for (const band of bands)
    tops.push(Math.max(band.top + band.thick / 2 - LINE / 2, (tops.at(-1) ?? -LINE) + LINE));
  const over = (tops.at(-1) ?? 0) + LINE - HEIGHT;
  if (over <= 0) return tops;
  let limit = HEIGHT - LINE;
  for (let at = tops.length - 1; at >= 0; at -= 1) {
    tops[at] = Math.min(tops[at] ?? 0, limit);
    limit = (tops[at] ?? 0) - LINE;
  }
  return tops;
}
