// Runs the code of the guide and of the READMEs: each block is a program of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

for (const page of ["docs/testing.md", "packages/testing/README.md", "packages/memory/README.md"]) {
  describe(page, () => {
    const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(
      (match) => match[1] as string,
    );
    for (const [i, block] of blocks.entries()) {
      it(`block ${i + 1} runs`, { timeout: 120_000 }, () => {
        mkdirSync(join(root, ".scratch"), { recursive: true });
        const folder = mkdtempSync(join(root, ".scratch/testing-docs-"));
        try {
          writeFileSync(join(folder, "block.ts"), block);
          const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["--conditions=@kith/source", join(folder, "block.ts")],
            { cwd: root, encoding: "utf8" },
          );
          assert.equal(status, 0, `${stdout.slice(-2_000)}\n${stderr}`);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    }
  });
}
