/**
 * Build the committed bundles: `node build.mjs [folder]` (default: the package's static folder).
 *
 * The result depends on the lock file alone, so a rebuild can be compared byte by byte. The licences of everything
 * that went into a bundle are collected into THIRD-PARTY.txt.
 */

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "synthwb_widgets", "static");

const result = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js", "panels.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2020",
  charset: "utf8",
  outdir: target,
  metafile: true,
});

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found) packages.add(found[1]);
}
const notices = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!licence) throw new Error(`${name} carries no licence file`);
  return `${name} ${about.version} (${about.license})\n\n${readFileSync(join(folder, licence), "utf8").trim()}\n`;
});
const intro = "editor.js contains the following packages, each under the licence printed below its name.\n";
writeFileSync(join(target, "THIRD-PARTY.txt"), [intro, ...notices].join(`\n${"-".repeat(72)}\n\n`));
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) console.log(`${file.split("/").pop()} ${bytes}`);
