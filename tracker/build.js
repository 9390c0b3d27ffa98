// Builds the one file that pages load, says its size, and fails when it would no longer be thin.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const GZIPPED_BYTES_MAX = 4096;

await build({
  entryPoints: ["src/sojourn.ts"],
  outfile: "dist/sojourn.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2019",
});

const size = gzipSync(readFileSync("dist/sojourn.js"), { level: 9 }).length;
console.log(`dist/sojourn.js: ${size} bytes gzipped, of ${GZIPPED_BYTES_MAX} allowed`);
if (size > GZIPPED_BYTES_MAX) process.exit(1);
