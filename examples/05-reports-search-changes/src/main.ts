// A CRM in its first release is searched and asked for reports; then the second release changes the model of the same database; then a backup.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyChanges, createXrm, findDrift, planChanges, restoreBackup, XrmError } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { fill } from "./fill.ts";
import * as first from "./first-release.ts";
import { ask } from "./questions.ts";
import * as second from "./second-release.ts";
import { textsOf } from "./texts.ts";

const t = textsOf(process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"]);
const zone = { timeZone: "America/Sao_Paulo", fiscalYearStart: 4 } as const;
const folder = mkdtempSync(join(tmpdir(), "kith-growing-"));
try {
  const storage = sqlite({ file: join(folder, "crm.db") });
  const old = await createXrm<first.Entities>({ model: first.model, storage, ...zone });
  await fill(old);
  await ask(old, t);
  await old.close();

  // The second release does not open the database as it is: one step wants somebody's yes.
  const { model } = second;
  const refusal = await createXrm<second.Entities>({ model, storage }).catch((thrown: unknown) => thrown);
  assert.ok(refusal instanceof XrmError && refusal.code === "MODEL_CHANGED");
  console.log(t.plan);
  const plan = await planChanges({ model, storage });
  for (const step of plan.steps) console.log(`  ${step.class.padEnd(12)}${step.id}`);
  const confirm = plan.steps.filter((step) => step.class === "confirm").map(({ id }) => id);
  const { left } = await applyChanges({ model, storage, plan, confirm });
  console.log(`${t.left} ${left.join(", ")}`);
  assert.deepEqual(await findDrift({ model, storage }), []);

  const xrm = await createXrm<second.Entities>({ model, storage, ...zone });
  const large = await xrm.account.findMany({
    where: { employees: { gte: 100 } },
    select: { name: true, employees: true },
  });
  assert.deepEqual(large, [{ name: "Acme São Paulo", employees: 120 }]);
  assert.equal(await xrm.deal.count({ where: { channel: "direct" } }), 4);

  // A backup is a database that Kith can open; it is looked through before it is put in place.
  await xrm.$.backup(join(folder, "monday.db"));
  await xrm.close();
  const other = sqlite({ file: join(folder, "restored.db") });
  await restoreBackup({ model, storage: other, from: join(folder, "monday.db") });
  const restored = await createXrm<second.Entities>({ model, storage: other });
  console.log(t.restored(await restored.activity.count({ search: "anvil" })));
  await restored.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
