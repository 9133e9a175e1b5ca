import { createXrm } from "@kith/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { child, type Entities, ended, line, model, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

/** What is in the database after a crash. */
async function names(file: string): Promise<string[]> {
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
  const rows = await xrm.account.findMany({ select: { id: true, name: true } });
  await xrm.close();
  return rows.map(({ name }) => name);
}

describe("kill -9", () => {
  it("inside a transaction leaves nothing of it", async () => {
    const file = temporary.path("crm.db");
    const process = child("write-and-wait.ts", file, "transaction");
    await line(process, "inside");
    process.kill("SIGKILL");
    await ended(process);
    expect(await names(file)).toEqual([]);
  }, 20_000);

  it.each([1, 2, 3])(
    "keeps all that was acknowledged before (%i)",
    async (round) => {
      const file = temporary.path("crm.db");
      const process = child("write-and-wait.ts", file);
      const acknowledged: string[] = [];
      let rest = "";
      process.stdout?.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const one of lines) if (one.startsWith("done ")) acknowledged.push(one.slice(5));
      });
      await line(process, "done ");
      await new Promise((resolve) => setTimeout(resolve, 30 * round));
      process.kill("SIGKILL");
      await ended(process);
      const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
      const kept = new Set((await xrm.account.findMany({ select: { id: true } })).map(({ id }) => id));
      await xrm.close();
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      // At most the one whose acknowledgement was on its way.
      expect(kept.size - acknowledged.length).toBeLessThanOrEqual(1);
    },
    20_000,
  );
});
