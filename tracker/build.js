// Builds the files that pages load, says their sizes, and fails when one would no longer be thin.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const GZIPPED_BYTES_MAX = 4096;
const FILES = ["sojourn", "consent", "preferences"];

await build({
  entryPoints: FILES.map((name) => `src/${name}.ts`),
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2019",
});

for (const name of FILES) {
  const size = gzipSync(readFileSync(`dist/${name}.js`), { level: 9 }).length;
  console.log(`dist/${name}.js: ${size} bytes gzipped, of ${GZIPPED_BYTES_MAX} allowed`);
  if (size > GZIPPED_BYTES_MAX) process.exitCode = 1;
}
