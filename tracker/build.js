// Builds the files that pages load, says their sizes, and fails when one would no longer be thin;
// and the module of the npm package.

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const GZIPPED_BYTES_MAX = 4096;
const FILES = ["sojourn", "interactions", "consent", "preferences"];

for (const name of FILES) {
  const size = gzipSync(await bundle(name), { level: 9 }).length;
  console.log(`dist/${name}.js: ${size} bytes gzipped, of ${GZIPPED_BYTES_MAX} allowed`);
  if (size > GZIPPED_BYTES_MAX) process.exitCode = 1;
}
await bundle("index", { format: "esm" });

async function bundle(name, how = { format: "iife" }) {
  // The first file finds what the second has made under this name.
  if (name === "interactions") how.globalName = "__interactions";
  const file = `dist/${name}.js`;
  const sources = { entryPoints: [`src/${name}.ts`], outfile: file };
  await build({ ...sources, bundle: true, minify: true, target: "es2021", ...how });
  const module = how.format === "esm";
  const { code } = await minify(readFileSync(file, "utf8"), { module, compress: { passes: 3 } });
  writeFileSync(file, code);
  return code;
}
