import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../lib/workspace.ts";
import { fixture } from "./fixture.ts";

/** A workspace whose `npx` notes what it was asked for, and then succeeds or not. */
function workspace(npx = "exit 0") {
  const at = fixture({
    "package.json": { packageManager: "pnpm@1.2.3" },
    "pnpm-lock.yaml": "",
    "pnpm-workspace.yaml": "",
    "packages/core/package.json": { name: "@kith/core" },
    "examples/01/package.json": { name: "one" },
    "node_modules/.bin/node": "#!/bin/sh\necho pinned\n",
    "tools/npx": `#!/bin/sh\necho "$@" >> calls\n${npx}\n`,
  });
  mkdirSync(join(at, "scripts"));
  copyFileSync(join(root, "scripts/ensure.mjs"), join(at, "scripts/ensure.mjs"));
  for (const file of ["tools/npx", "node_modules/.bin/node"]) chmodSync(join(at, file), 0o755);
  const calls = () => (existsSync(join(at, "calls")) ? readFileSync(join(at, "calls"), "utf8").trim().split("\n") : []);
  const ensure = (...args: string[]) => {
    const env = { ...process.env, PATH: join(at, "tools") };
    const done = spawnSync(process.execPath, [join(at, "scripts/ensure.mjs"), ...args], { encoding: "utf8", env });
    return { status: done.status, out: done.stdout, err: done.stderr };
  };
  return { at, calls, ensure };
}

const install = "-y pnpm@1.2.3 install --frozen-lockfile";

describe.skipIf(process.platform === "win32")("ensure", () => {
  it("installs once", () => {
    const { calls, ensure } = workspace();
    expect([ensure().status, ensure().status]).toEqual([0, 0]);
    expect(calls()).toEqual([install]);
  });

  it.each(["package.json", "pnpm-lock.yaml", "packages/core/package.json", "examples/01/package.json"])(
    "installs again when %s changed",
    (file) => {
      const { at, calls, ensure } = workspace();
      ensure();
      appendFileSync(join(at, file), "\n");
      ensure();
      expect(calls()).toEqual([install, install]);
    },
  );

  it("runs the command that follows, with the pinned node, and gives its exit code", () => {
    const { ensure } = workspace();
    expect(ensure("node", "--version")).toMatchObject({ status: 0, out: "pinned\n" });
    expect(ensure(process.execPath, "-e", "process.exit(7)").status).toBe(7);
    expect(ensure("no-such-command")).toMatchObject({ status: 1, err: expect.stringContaining("no-such-command") });
  });

  it("says what to do when the installation fails, and tries again the next time", () => {
    const { calls, ensure } = workspace("exit 3");
    const failed = ensure("node", "--version");
    expect(failed).toMatchObject({ status: 3, out: "", err: expect.stringContaining("npx -y pnpm@1.2.3 install") });
    ensure();
    expect(calls()).toEqual([install, install]);
  });

  it("says so when npx is missing", () => {
    const { at, ensure } = workspace();
    rmSync(join(at, "tools/npx"));
    expect(ensure()).toMatchObject({ status: 1, err: expect.stringContaining("npx was not found") });
  });
});
