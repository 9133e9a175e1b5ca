/** Run by no-eval.test.ts in a process that may not make code from text. */

import { createXrm, defineEntity, defineModel, field, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { sqlite } from "@kith/sqlite";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, max: 5 }),
    revenue: field.money({ currency: "BRL" }),
    tags: field.tags(),
    parent: field.lookup("account"),
  },
});
const model = defineModel({ entities: [account] });
for (const storage of [memory(), sqlite({ file: ":memory:" })]) {
  const xrm = await createXrm({ model, storage });
  const { id } = await xrm.account.create({ name: "Acme", revenue: "5", tags: [" a "] });
  await xrm.account.create({ name: "Beta", parent: id });
  const rows = await xrm.account.findMany({
    where: { name: { contains: "e" } },
    select: { name: true, revenue: true, tags: true },
    include: { parent: { select: { name: true } } },
  });
  const refused = await xrm.account
    .create({ name: "too long", nam: 1 } as never)
    .catch((error: unknown) => (error instanceof XrmError ? error.issues.map((issue) => issue.code) : error));
  console.log(JSON.stringify({ rows, refused }));
  await xrm.close();
}
try {
  defineModel({
    entities: [defineEntity("thing", { fields: { shaped: field.json({ schema: { type: "object" } }) } })],
  });
} catch (error) {
  console.log((error as Error).message);
}
