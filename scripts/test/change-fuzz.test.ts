// A small run of scripts/change-fuzz.ts; the full one is by hand.
import { expect, it } from "vitest";
import { changeFuzz } from "../lib/change-fuzz.ts";

it("loses nothing under random changes of the model, and refuses with the right offenders", async () => {
  const { problem, done, refused } = await changeFuzz("sqlite", 40, 4);
  expect(problem).toBeUndefined();
  expect(done + refused).toBe(40);
}, 60_000);
