import { expect, it } from "vitest";
import { measureLocks } from "../lock-test.ts";

// How long a read may take is measured by the script, on a machine that does nothing else: here, who waits for a lock would wait for all of it.
it("reads go on, and the event loop turns, while a write lock is held", { timeout: 60_000 }, async () => {
  const heldMs = 2_000;
  for (const { holder, reads, slowestReadMs, longestStallMs, writeWaitedMs } of await measureLocks(heldMs)) {
    expect(reads, holder).toBeGreaterThan(2);
    expect(slowestReadMs, `reads while ${holder} writes`).toBeLessThan(heldMs / 2);
    expect(longestStallMs, `the loop while ${holder} writes`).toBeLessThan(heldMs / 2);
    // The lock was really held: a write had to wait for it.
    expect(writeWaitedMs, holder).toBeGreaterThan(heldMs / 2);
  }
});
