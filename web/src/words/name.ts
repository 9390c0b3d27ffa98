// Long names are cut in the middle: the beginning says the kind and the end tells siblings apart.

const TAIL_LENGTH = 9;

export function cutMiddle(name: string, lengthMax: number): string {
  if (name.length <= lengthMax) return name;
  const tail = Math.floor((lengthMax - 1) / 3);
  const head = name.slice(0, lengthMax - 1 - tail).trimEnd();
  return `${head}…${name.slice(name.length - tail).trimStart()}`;
}

// The two halves between which a narrow column may cut.
export function halves(name: string): [head: string, tail: string] {
  if (name.length <= TAIL_LENGTH * 2) return [name, ""];
  return [name.slice(0, -TAIL_LENGTH), name.slice(-TAIL_LENGTH)];
}
