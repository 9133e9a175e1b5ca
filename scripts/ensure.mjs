// Makes the workspace ready, then runs the command it was given, if any. Plain JavaScript for any Node >= 18.
//
//   node scripts/ensure.mjs                      installs when something that decides the installation changed
//   node scripts/ensure.mjs node scripts/x.ts    the same, then this command with node_modules/.bin first in PATH
//
// The second form is how npm scripts start Node: on the first run a plain `&& node x.ts` would still be the machine's Node, because the
// shell remembers where it found `node` before the installation put the pinned one in front.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const stamp = "node_modules/.ensure";
const windows = process.platform === "win32";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (Number.parseInt(process.versions.node, 10) < 18)
  stop(
    `Kith's workspace needs Node 18 or newer to start (22.12 or newer is used from then on); this is ${process.version}.`,
  );

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  install(JSON.parse(readFileSync("package.json", "utf8")).packageManager);
  writeFileSync(stamp, wanted);
}
checkNode();

const [command, ...args] = process.argv.slice(2);
if (command) {
  const path = resolve("node_modules/.bin") + delimiter + process.env.PATH;
  const done = spawnSync(command, args, { stdio: "inherit", shell: windows, env: { ...process.env, PATH: path } });
  if (done.error) stop(`Cannot run ${command}: ${done.error.message}`);
  process.exit(done.status ?? 1);
}

/** A hash over every file that decides what is installed. */
function fingerprint() {
  const files = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"];
  for (const folder of ["packages", "examples"])
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : [])
      if (existsSync(`${folder}/${name}/package.json`)) files.push(`${folder}/${name}/package.json`);
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function install(pnpm) {
  const done = spawnSync("npx", ["-y", pnpm, "install", "--frozen-lockfile"], { stdio: "inherit", shell: windows });
  if (done.error?.code === "ENOENT")
    stop("npx was not found. Install npm (it comes with Node, and brings npx), then run this again.");
  if (done.error) stop(`Cannot start npx: ${done.error.message}`);
  if (done.status === 0) return;
  stop(
    [
      "The installation failed; the lines above say why. What usually helps:",
      `- the lockfile is out of date, because dependencies changed: run \`npx -y ${pnpm} install\` and commit pnpm-lock.yaml;`,
      "- the registry cannot be reached: check the network, or the registry that `npm config get registry` names;",
      "- an earlier installation was interrupted: delete node_modules and run this again.",
    ].join("\n"),
    done.status ?? 1,
  );
}

/** Where no pinned Node is published for the platform, the machine's own has to be new enough: better-sqlite3 crashes on Node 20. */
function checkNode() {
  if (existsSync(`node_modules/.bin/node${windows ? ".cmd" : ""}`)) return;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 12))
    stop(
      `There is no pinned Node for ${process.platform}-${process.arch}: install Node 22.12 or newer. This is ${process.version}.`,
    );
}

function stop(message, status = 1) {
  console.error(`\n${message}\n`);
  process.exit(status);
}
