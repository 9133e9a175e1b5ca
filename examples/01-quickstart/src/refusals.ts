// What the engine turns down, with the message that it gives, and the proof that nothing was written.
import assert from "node:assert/strict";
import { type Xrm, XrmError } from "@kith/core";
import type { Entities } from "./declarations.ts";
import { good, heading, print, refused, wrap } from "./show.ts";
import { type Locale, texts } from "./texts.ts";

/** Tries what must fail, prints why it did, and asserts that every record is as it was. */
export async function refuse(xrm: Xrm<Entities>, locale: Locale): Promise<void> {
  const t = texts[locale];
  heading(t.refusals);
  const before = await state(xrm);
  const won = await xrm.opportunity.findOne({ where: { stage: "won" }, select: { id: true } });
  assert.ok(won);

  // `entity(name)` takes anything, as it would come from a form or a file; the typed calls would not compile with these.
  await attempt(t.wrongRecord, "INVALID_RECORD", () =>
    xrm.entity("opportunity").create({ code: "NEW-1", stage: "wonn", value: "12.345", vaule: "9", agent: won.id }),
  );
  await attempt(t.wrongQuery, "INVALID_QUERY", () =>
    xrm.entity("opportunity").findMany({ where: { stagee: "won", value: { above: "1000" } } }),
  );
  await attempt(t.throwingHook, "rules.REOPENED", () =>
    xrm.transaction(async (tx) => {
      await tx.account.create({ name: "Left behind" });
      await tx.opportunity.update(won.id, { stage: "engaging" });
    }),
  );

  assert.deepEqual(await state(xrm), before, "nothing was written");
  print();
  good(t.untouched);
}

async function attempt(what: string, code: string, work: () => Promise<unknown>): Promise<void> {
  print();
  wrap(what);
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof XrmError, `${what} is refused`);
  assert.equal(error.code, code);
  refused(`${error.code}: ${error.message}`);
  for (const issue of error.issues.slice(3)) refused(`${issue.path.join(".")} ${issue.message}`);
}

/** How many records there are of each entity, and how often they were changed in all. */
async function state(xrm: Xrm<Entities>): Promise<unknown[]> {
  const figures: unknown[] = [];
  for (const name of xrm.$.model.entities.keys()) {
    figures.push(await xrm.entity(name).aggregate({ measures: { records: "count", versions: { sum: "version" } } }));
  }
  return figures;
}
