/**
 * Changes models at random under databases with data: no record or value may be lost unasked, foreign keys and indexes must be as the model says (no
 * drift), and what cannot be done must be refused, with exactly the records that stand in the way.
 *
 *   node --conditions=@kith/source scripts/change-fuzz.ts --changes 1000 --seed 1 --db sqlite,postgres
 */

import { parseArgs } from "node:util";
import { changeFuzz } from "./lib/change-fuzz.ts";

const { values: args } = parseArgs({
  options: {
    changes: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    db: { type: "string", default: "sqlite,postgres" },
  },
});

for (const db of args.db.split(",")) {
  const started = performance.now();
  const { done, refused, retired, problem } = await changeFuzz(db, Number(args.changes), Number(args.seed));
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(
    `${db}: ${done} changes made, ${refused} refused with their offenders, ${retired} left what nobody agreed to drop, ${seconds} s`,
  );
  if (problem === undefined) continue;
  console.error(problem);
  process.exitCode = 1;
}
