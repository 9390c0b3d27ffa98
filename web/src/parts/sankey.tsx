// A Sankey by step, read left to right: nodes one can open, bands between them, and a fading stub
// where people leave. On a phone the columns stand below each other as lists, which say the same.

import { useElementSize } from "@mantine/hooks";
import { useId } from "react";
import { count, share } from "../words/number";
import { layOut, outline, type Band, type Edge, type Node, type Placed } from "../words/sankey";
import { Cut } from "./event-name";
import styles from "./sankey.module.css";

const HEIGHT = 420;
const COLUMN_MIN_PX = 165;
const COLUMN_MAX_PX = 320;
const NODE_PX = 10;
const STUB_PX = 60;

interface SankeyProps {
  label: string;
  // What stands above each column.
  heads: string[];
  nodes: Node[];
  edges: Edge[];
  colour: (name: string) => string;
  onNode?: (node: Node) => void;
  onEdge?: (edge: Edge) => void;
  onLost?: (node: Node) => void;
}

export function Sankey(props: SankeyProps) {
  const { label, heads, nodes, edges, colour } = props;
  const { columns, bands } = layOut(nodes, edges, HEIGHT);
  const fade = useId();
  const { ref, width } = useElementSize();
  const step = Math.min(
    COLUMN_MAX_PX,
    Math.max(COLUMN_MIN_PX, width / Math.max(1, columns.length)),
  );
  const height = Math.max(
    ...columns.flat().map((node) => node.top + Math.max(node.height, 20)),
    40,
  );
  return (
    <figure ref={ref} className={styles.figure} aria-label={label}>
      <div className={styles.picture} style={{ width: columns.length * step, height: height + 40 }}>
        <svg className={styles.bands} style={{ height }} aria-hidden>
          <defs>
            <linearGradient id={fade} x1="0" x2="1">
              <stop offset="0" stopColor="var(--faint)" stopOpacity="0.5" />
              <stop offset="0.9" stopColor="var(--faint)" stopOpacity="0" />
            </linearGradient>
          </defs>
          {bands.map((band) => (
            <Flowing key={keyOf(band)} band={band} step={step} {...props} colour={colour} />
          ))}
          {columns
            .flat()
            .map(
              (node) =>
                node.lostHeight > 0 && (
                  <rect
                    key={`${node.column} ${node.name}`}
                    x={node.column * step + NODE_PX}
                    y={node.lostTop}
                    width={STUB_PX}
                    height={node.lostHeight}
                    fill={`url(#${fade})`}
                  />
                ),
            )}
        </svg>
        {columns.map((column, at) => (
          <div key={at} className={styles.column} style={{ left: at * step, width: step }}>
            <div className={styles.head}>{heads[at]}</div>
            <ul className={styles.nodes} aria-label={heads[at]}>
              {column.map((node) => (
                <Standing key={node.name} node={node} column={column} {...props} />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </figure>
  );
}

const keyOf = (edge: Edge): string => `${edge.column} ${edge.from} ${edge.toColumn} ${edge.to}`;

interface FlowingProps {
  band: Band;
  // How far columns stand apart, in pixels.
  step: number;
  colour: SankeyProps["colour"];
  onEdge?: SankeyProps["onEdge"];
}

// A band opens by mouse; the table below holds the same for the keyboard.
function Flowing({ band, step, colour, onEdge }: FlowingProps) {
  const x = band.column * step + NODE_PX;
  const width = (band.toColumn - band.column) * step - NODE_PX;
  return (
    <path
      d={outline(band, x, width)}
      className={styles.band}
      data-opens={onEdge ? true : undefined}
      fill={colour(band.from)}
      onClick={() => onEdge?.(band)}
    >
      <title>{`${band.from} › ${band.to}: ${count(band.size)}`}</title>
    </path>
  );
}

interface StandingProps extends SankeyProps {
  node: Placed;
  column: Placed[];
}

function Standing({ node, column, colour, onNode, onLost }: StandingProps) {
  const total = column.reduce((sum, one) => sum + one.size, 0);
  const says = `${node.name}: ${count(node.size)}, ${share(node.size, total)}`;
  return (
    <li
      className={styles.node}
      style={{
        "--top": `${node.top}px`,
        "--height": `${node.height}px`,
        "--colour": colour(node.name),
      }}
    >
      <span className={styles.block} aria-hidden />
      <span className={styles.text}>
        <button
          type="button"
          className={styles.name}
          disabled={!onNode || node.gathers !== undefined}
          aria-label={`${says}. Show them.`}
          title={says}
          onClick={() => onNode?.(node)}
        >
          <Cut name={node.name} />
        </button>
        <span className={styles.size}>
          {count(node.size)}
          {node.lost > 0 && (
            <>
              {" · "}
              <button
                type="button"
                className={styles.lost}
                disabled={!onLost || node.gathers !== undefined}
                aria-label={`${count(node.lost)} ended with ${node.name}. Show them.`}
                onClick={() => onLost?.(node)}
              >
                {share(node.lost, node.size)} end
              </button>
            </>
          )}
        </span>
      </span>
    </li>
  );
}
