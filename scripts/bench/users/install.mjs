// Installs a peer's packages into scripts/bench/.peers/NAME, each beside the others, so that sizes and memory are its own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url).pathname;
const peers = JSON.parse(readFileSync(here("peers.json"), "utf8"));

/** Installs a peer, unless it is there; says whether it can be used. */
export async function installPeer(name) {
  const peer = peers[name];
  if (!peer) return true;
  for (const kind of ["deps", "tools"]) {
    if (!peer[kind]) continue;
    const folder = here(`../.peers/${kind === "tools" ? `${name}-tools` : name}`);
    if (existsSync(`${folder}/installed`)) continue;
    mkdirSync(folder, { recursive: true });
    const manifest = {
      name: `peer-${name}`,
      private: true,
      type: "module",
      dependencies: peer[kind],
      overrides: peer.overrides,
    };
    writeFileSync(`${folder}/package.json`, JSON.stringify(manifest, undefined, 1));
    writeFileSync(`${folder}/_load.mjs`, "export default (s) => import(s);\n");
    const args = [
      "install",
      "--ignore-scripts",
      "--legacy-peer-deps",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      "--loglevel=error",
    ];
    if (spawnSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status !== 0) return false;
    writeFileSync(`${folder}/installed`, "");
  }
  if (name !== "prisma" && name !== "zenstack") return true;
  const { buildPeer } = await import("./build-peers.mjs");
  return buildPeer(name);
}
