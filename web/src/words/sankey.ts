// A Sankey of columns read left to right: where each node and each band lies. Nodes are as high as
// they are frequent; a band leaves its node below the one before it, and what is lost leaves last.

export interface Node {
  column: number;
  name: string;
  size: number;
  lost: number;
  // How many were put together as this one.
  gathers?: number;
}

export interface Edge {
  column: number;
  from: string;
  // The column it leads to; the next one, unless a step in between was left out.
  toColumn: number;
  to: string;
  size: number;
}

export interface Placed extends Node {
  top: number;
  height: number;
  lostTop: number;
  lostHeight: number;
}

export interface Band extends Edge {
  fromTop: number;
  fromHeight: number;
  toTop: number;
  toHeight: number;
}

export interface Layout {
  columns: Placed[][];
  bands: Band[];
}

// In each column the largest nodes, and all others as one, so that a picture keeps what one can see.
export function gathered(
  nodes: Node[],
  edges: Edge[],
  shown: number,
): { nodes: Node[]; edges: Edge[] } {
  const names = new Map<string, string>();
  const kept: Node[] = [];
  for (const column of new Set(nodes.map((node) => node.column))) {
    const ranked = nodes
      .filter((node) => node.column === column)
      .sort((one, other) => other.size - one.size);
    const rest = ranked.length > shown + 1 ? ranked.slice(shown) : [];
    kept.push(...ranked.slice(0, ranked.length - rest.length));
    if (rest.length === 0) continue;
    const name = `${rest.length} others`;
    for (const node of rest) names.set(`${column} ${node.name}`, name);
    const sum = (of: "size" | "lost") => rest.reduce((total, node) => total + node[of], 0);
    kept.push({ column, name, size: sum("size"), lost: sum("lost"), gathers: rest.length });
  }
  const joined = new Map<string, Edge>();
  for (const edge of edges) {
    const from = names.get(`${edge.column} ${edge.from}`) ?? edge.from;
    const to = names.get(`${edge.toColumn} ${edge.to}`) ?? edge.to;
    const key = `${edge.column} ${from} ${edge.toColumn} ${to}`;
    const size = edge.size + (joined.get(key)?.size ?? 0);
    joined.set(key, { ...edge, from, to, size });
  }
  return { nodes: kept, edges: [...joined.values()] };
}

const GAP = 10;
const THIN = 2;
// A name and a figure have room beside the thinnest node.
const SLOT = 32;

export function layOut(nodes: Node[], edges: Edge[], height: number): Layout {
  const last = Math.max(-1, ...nodes.map((node) => node.column));
  const columns = Array.from({ length: last + 1 }, (_, at) =>
    nodes
      .filter((node) => node.column === at)
      .sort(
        (one, other) =>
          Number(one.gathers !== undefined) - Number(other.gathers !== undefined) ||
          other.size - one.size,
      ),
  );
  // One scale for the whole picture: the fullest column fills the height.
  const scale = Math.min(
    ...columns.map((column) => {
      const total = column.reduce((sum, node) => sum + node.size, 0);
      return total > 0 ? (height - GAP * (column.length - 1)) / total : Infinity;
    }),
  );
  const placed = columns.map((column) => placeColumn(column, Number.isFinite(scale) ? scale : 0));
  return { columns: placed, bands: placeBands(placed, edges, scale) };
}

function placeColumn(column: Node[], scale: number): Placed[] {
  let top = 0;
  return column.map((node) => {
    const height = Math.max(THIN, node.size * scale);
    const lostHeight = node.lost * scale;
    const placed = { ...node, top, height, lostHeight, lostTop: top + height - lostHeight };
    top += Math.max(height, SLOT) + GAP;
    return placed;
  });
}

function placeBands(columns: Placed[][], edges: Edge[], scale: number): Band[] {
  const find = (column: number, name: string) =>
    columns[column]?.find((node) => node.name === name);
  const order = (edge: Edge) => find(edge.toColumn, edge.to)?.top ?? 0;
  const source = (edge: Edge) => find(edge.column, edge.from)?.top ?? 0;
  const left = new Map<Placed, number>();
  const right = new Map<Placed, number>();
  const bands: Band[] = [];
  const sorted = [...edges].sort(
    (one, other) => source(one) - source(other) || order(one) - order(other),
  );
  for (const edge of sorted) {
    const from = find(edge.column, edge.from);
    const to = find(edge.toColumn, edge.to);
    if (!from || !to) continue;
    const thick = edge.size * scale;
    const fromTop = from.top + (right.get(from) ?? 0);
    const toTop = to.top + (left.get(to) ?? 0);
    right.set(from, (right.get(from) ?? 0) + thick);
    left.set(to, (left.get(to) ?? 0) + thick);
    bands.push({ ...edge, fromTop, toTop, fromHeight: thick, toHeight: thick });
  }
  return bands;
}

// The outline of a band between two columns, from x to x + width.
export function outline(band: Band, x: number, width: number): string {
  const half = x + width / 2;
  const end = x + width;
  const { fromTop, toTop } = band;
  const fromEnd = fromTop + band.fromHeight;
  const toEnd = toTop + band.toHeight;
  return (
    `M${x} ${fromTop}C${half} ${fromTop} ${half} ${toTop} ${end} ${toTop}` +
    `V${toEnd}C${half} ${toEnd} ${half} ${fromEnd} ${x} ${fromEnd}Z`
  );
}
