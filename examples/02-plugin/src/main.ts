// An application: two plugins make one model, and the types of one show the fields of the other.
//
//   node --conditions=@kith/source examples/02-plugin/src/main.ts
import assert from "node:assert/strict";
import { createXrm, defineModel, type EntitiesOf, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { crm } from "./crm.ts";
import { reviews } from "./reviews.ts";

const portuguese = (process.env["LC_ALL"] || process.env["LANG"])?.toLowerCase().startsWith("pt");
const say = (en: string, pt: string): void => console.log(portuguese ? pt : en);

const model = defineModel({ plugins: [crm, reviews] });
interface Entities extends EntitiesOf<typeof model> {}
const xrm = await createXrm<Entities>({ model, storage: memory() });

const acme = await xrm.account.create({ name: "Acme" });
const other = await xrm.account.create({ name: "Example Foods", standing: 2 });
for (const stars of [5, 4, 5]) await xrm.review.create({ account: acme.id, stars });

// The field that the plugin added to `account`, kept by its hook, filtered and sorted like any other.
const liked = await xrm.account.findMany({
  where: { standing: { gte: 4 }, reviews: { some: { stars: 5 } } },
  include: { reviews: { select: { stars: true }, orderBy: { stars: "desc" } } },
});
assert.deepEqual(
  liked.map(({ name, standing, reviews }) => ({ name, standing, stars: reviews.map(({ stars }) => stars) })),
  [{ name: "Acme", standing: 5, stars: [5, 5, 4] }],
);
say("Accounts with four stars or more: Acme, with 5", "Contas com quatro estrelas ou mais: Acme, com 5");

// Its limits hold on every way in.
for (const stars of [6, 2.5]) {
  const error = await xrm.review.create({ account: other.id, stars }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof XrmError && error.code === "INVALID_RECORD" && error.field === "stars");
  say(`Refused: ${error.message}`, `Recusado: ${error.message}`);
}
assert.equal(await xrm.review.count({ where: { account: other.id } }), 0);

// Screens and agents see the kind through the same facts.
const stars = xrm.$.describe("review", { locale: "pt-BR" }).fields.find(({ name }) => name === "stars");
assert.deepEqual({ label: stars?.label, widget: stars?.widget }, { label: "Estrelas", widget: "stars" });

// Without the plugin that it requires there is no model, and the error says which.
assert.throws(
  () => defineModel({ plugins: [reviews] }),
  (error: unknown) => error instanceof XrmError && error.issues.some(({ code }) => code === "PLUGIN_MISSING"),
);
say("Without 'crm' the model is refused.", "Sem 'crm' o modelo é recusado.");
await xrm.close();
