// An application: two plugins make one model, and the types of one show the fields of the other.
import assert from "node:assert/strict";
import { createXrm, defineModel, type EntitiesOf, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { crm, reviews } from "./reviews.ts";

const model = defineModel({ plugins: [crm, reviews] });
interface Entities extends EntitiesOf<typeof model> {}
const xrm = await createXrm<Entities>({ model, storage: memory() });

const acme = await xrm.account.create({ name: "Acme" });
const other = await xrm.account.create({ name: "Example Foods", standing: 2 });
for (const stars of [5, 4, 5]) await xrm.review.create({ account: acme.id, stars });
const liked = await xrm.account.findMany({ where: { standing: { gte: 4 }, reviews: { some: { stars: 5 } } } });
assert.deepEqual([liked.length, liked[0]?.standing], [1, 5]);
const refusal = await xrm.review.create({ account: other.id, stars: 6 }).catch((thrown: unknown) => thrown);
assert.ok(refusal instanceof XrmError && refusal.issues[0]?.code === "STARS");

// Without the plugin that it requires there is no model, and the error says which is missing.
const missing = (error: unknown): boolean => error instanceof XrmError && error.issues[0]?.code === "PLUGIN_MISSING";
assert.throws(() => defineModel({ plugins: [reviews] }), missing);

const portuguese = process.env["LANG"]?.startsWith("pt");
console.log(portuguese ? "Quatro estrelas ou mais: Acme, com 5" : "Four stars or more: Acme, with 5");
console.log(portuguese ? `Recusado: ${refusal.message}` : `Refused: ${refusal.message}`);
await xrm.close();
