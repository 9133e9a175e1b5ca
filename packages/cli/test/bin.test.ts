// The command as people start it: a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { here } from "./fake-terminal.ts";
import { model } from "./kith.config.ts";

const bin = join(here, "../bin/kith.mjs");
const folder = mkdtempSync(join(tmpdir(), "kith-bin-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { ...process.env, LANG: "en_US.UTF-8", LC_ALL: "", LC_MESSAGES: "", KITH_TEST_DB: join(folder, "crm.db") };
const node = ["--conditions=@kith/source", bin];

describe("the kith process", () => {
  it("imports, exits with the right code, and changes nothing the second time", () => {
    const file = join(folder, "accounts.csv");
    writeFileSync(file, "name,employees\nA,1\nB,x\n");
    const run = () =>
      spawnSync(process.execPath, [...node, "import", "account", file, "--match", "name"], {
        cwd: here,
        env,
        encoding: "utf8",
      });
    const first = run();
    expect([first.status, first.stderr]).toEqual([1, ""]);
    expect(first.stdout).toContain("Created    1");
    expect(run().stdout).toMatch(/Created {4}0\n {2}Updated {4}0\n {2}Unchanged {2}1\n/);
  });

  it("does not end as if all were well when the module never gives a system", () => {
    const app = join(folder, "never.mjs");
    writeFileSync(app, "export default new Promise(() => undefined);\n");
    const { status } = spawnSync(process.execPath, [...node, "apply", "--app", app], { cwd: here, env });
    expect(status).toBe(2);
  });

  it("prints its version and its help", () => {
    const run = (flag: string) => spawnSync(process.execPath, [...node, flag], { env, encoding: "utf8" });
    expect(run("--version")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(run("--help").stdout).toContain("Usage: kith");
  });

  it("stops at Ctrl-C after the batch, keeps what it wrote, and a second run goes on", async () => {
    const rows = `name\n${Array.from({ length: 10_000 }, (_, i) => `stdin${i}`).join("\n")}\n`;
    const child = spawn(
      process.execPath,
      [...node, "import", "account", "-", "--match", "name", "--batch-size", "100"],
      { cwd: here, env },
    );
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString()));
    child.stderr.on("data", (text: Buffer) => (out += text.toString()));
    // More than streams hold back, and no end: the import waits for more.
    child.stdin.on("error", () => undefined);
    child.stdin.write(rows);
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const xrm = await createXrm<any>({ model, storage: sqlite({ file: env.KITH_TEST_DB }) });
    const count = () => xrm.entity("account").count();
    const before = await count();
    while ((await count()) === before) await new Promise((resolve) => setTimeout(resolve, 20));
    await xrm.close();
    child.kill("SIGINT");
    const code = await ended;
    expect([code, out.includes("Run it again with the same --match")]).toEqual([130, true]);
    const created = Number(/Created +([\d,]+)/.exec(out)?.[1]?.replace(",", ""));
    expect(created).toBeGreaterThan(0);
    const all = join(folder, "all.csv");
    writeFileSync(all, rows);
    const args = [...node, "import", "account", all, "--match", "name", "--json"];
    const again = spawnSync(process.execPath, args, { cwd: here, env, encoding: "utf8" });
    expect(JSON.parse(again.stdout)).toMatchObject({ created: 10_000 - created, unchanged: created, updated: 0 });
  });

  it("ends at Ctrl-C where a command cannot stop half-way", async () => {
    const app = join(folder, "slow.mjs");
    writeFileSync(app, "console.log('asked'); export default () => new Promise((done) => setTimeout(done, 60_000));");
    const child = spawn(process.execPath, [...node, "apply", "--app", app], { cwd: here, env });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    child.kill("SIGINT");
    expect(await ended).toBe("SIGINT");
  });

  it("refuses an old Node before the packages are loaded", () => {
    const old = `data:text/javascript,${encodeURIComponent(
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.11.0' } });",
    )}`;
    const { status, stderr } = spawnSync(process.execPath, ["--import", old, bin, "--version"], { encoding: "utf8" });
    expect([status, stderr.split("\n").length]).toEqual([2, 3]);
    expect(stderr).toContain("Kith needs Node 22.12 or newer; this is 22.11.0");
  });

  // As far as the machine has one: what it cannot read would be told as a syntax error.
  const machines = spawnSync("/usr/bin/node", ["--version"], { encoding: "utf8" }).stdout ?? "";
  it.skipIf(!/^v(1[89]|2[01])\./.test(machines))(
    "refuses an old Node in both languages before anything is loaded",
    () => {
      const { status, stderr } = spawnSync("/usr/bin/node", [bin, "--version"], { encoding: "utf8" });
      expect(status).toBe(2);
      expect(stderr).toContain("Kith needs Node 22.12");
      expect(stderr).toContain("precisa do Node 22.12");
    },
  );
});
