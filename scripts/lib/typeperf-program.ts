/**
 * Writes the program that `typeperf` measures: entities of 16 fields that refer to each other, one in ten extended by another plugin, and for each
 * a `create` and a `findMany` with a relation filter, a select and two includes with options of their own. For one in ten, mistakes stand beside
 * that must not compile.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const entitiesPerPlugin = 20;

/** Writes the program for `count` entities to an empty `folder`, two levels below the root of the repository. */
export function writeProgram(folder: string, count: number): void {
  rmSync(folder, { recursive: true, force: true });
  for (const sub of ["entities", "plugins", "use"]) mkdirSync(join(folder, sub), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const all = Array.from({ length: count }, (_, index) => index);

  for (const index of all) {
    write(`entities/e${index}.ts`, entityFile(index, count));
    write(`use/e${index}.ts`, useFile(index, count) + (index % 10 === 0 ? mistakes(index) : ""));
  }
  const plugins = all.slice(0, Math.ceil(count / entitiesPerPlugin));
  for (const plugin of plugins)
    write(
      `plugins/p${plugin}.ts`,
      pluginFile(plugin, all.slice(plugin * entitiesPerPlugin, (plugin + 1) * entitiesPerPlugin)),
    );
  write("plugins/extras.ts", extrasFile(all.filter((index) => index % 10 === 0)));
  write("model.ts", modelFile(plugins));
  write("tsconfig.json", JSON.stringify(tsconfig, undefined, 2));
}

/** The entities that an entity's lookups lead to. */
const first = (index: number, count: number) => (index + 1) % count;
const second = (index: number, count: number) => (index + 7) % count;
/** The entities whose lookups lead to it. */
const firstFrom = (index: number, count: number) => (index + count - 1) % count;
const secondFrom = (index: number, count: number) => (index + count - (7 % count)) % count;

const entityFile = (index: number, count: number) => `import { defineEntity, field } from "@kith/schema";

export const e${index} = defineEntity("e${index}", {
  label: "Entity ${index}",
  title: "name",
  fields: {
    name: field.text({ required: true, max: 160 }),
    email: field.email({ unique: true }),
    amount: field.money({ currency: "EUR" }),
    stage: field.choice(["open", "working${index}", "won", "lost"], { required: true, default: "open" }),
    dueOn: field.date(),
    seenAt: field.datetime(),
    count: field.integer({ required: true, default: 0 }),
    active: field.boolean({ required: true, default: true }),
    first: field.lookup("e${first(index, count)}", { required: true, onDelete: "restrict" }),
    second: field.lookup("e${second(index, count)}", { onDelete: "clear" }),
    firsts: field.children("e${firstFrom(index, count)}", { via: "first" }),
    seconds: field.children("e${secondFrom(index, count)}", { via: "second" }),
    data: field.json(),
    labels: field.tags(),
    score: field.percent(),
    notes: field.longText(),
  },
});
`;

const pluginFile = (plugin: number, indexes: readonly number[]) => `import { definePlugin } from "@kith/core";
${indexes.map((index) => `import { e${index} } from "../entities/e${index}.ts";`).join("\n")}

export const p${plugin} = definePlugin({ id: "p${plugin}", entities: [${indexes.map((index) => `e${index}`).join(", ")}] });
`;

const extrasFile = (indexes: readonly number[]) => `import { definePlugin } from "@kith/core";
import { field } from "@kith/schema";

export const extras = definePlugin({
  id: "extras",
  extend: {
${indexes.map((index) => `    e${index}: { extra: field.text(), limit${index}: field.money({ currency: "EUR" }) },`).join("\n")}
  },
});
`;

const modelFile = (
  plugins: readonly number[],
) => `import { createXrm, defineModel, type EntitiesOf, type Storage, type Xrm } from "@kith/core";
${plugins.map((plugin) => `import { p${plugin} } from "./plugins/p${plugin}.ts";`).join("\n")}
import { extras } from "./plugins/extras.ts";

export const model = defineModel({ plugins: [${plugins.map((plugin) => `p${plugin}`).join(", ")}, extras] });
export interface Entities extends EntitiesOf<typeof model> {}
export const open = (storage: Storage): Promise<Xrm<Entities>> => createXrm<Entities>({ model, storage });
export declare const xrm: Xrm<Entities>;
`;

/** Every answer goes to a variable of the type that it must have, so that inference which silently widens to any is noticed. */
const useFile = (index: number, count: number) => `import { xrm } from "../model.ts";

export async function use(id: string) {
  const created = await xrm.e${index}.create({ name: "a", first: id, amount: "10.00", labels: ["x"]${index % 10 === 0 ? ', extra: "y"' : ""} });
  const stage: "open" | "working${index}" | "won" | "lost" = created.stage;
  const rows = await xrm.e${index}.findMany({
    where: {
      stage: { in: ["open", "working${index}"] },
      amount: { gt: "1000" },
      first: { name: { contains: "a" }, active: true },
      firsts: { some: { stage: "won", count: { gte: 2 } } },
    },
    select: { name: true, amount: true, dueOn: true },
    include: {
      first: { where: { active: true }, select: { name: true, email: true } },
      seconds: { where: { stage: "working${secondFrom(index, count)}" }, select: { name: true, seenAt: true }, limit: 5 },
    },
    orderBy: [{ amount: "desc" }, { name: "asc" }],
    limit: 20,
  });
  const [row] = rows;
  const amount: string | null | undefined = row?.amount;
  const email: string | null | undefined = row?.first?.email;
  const seen: (string | null)[] | undefined = row?.seconds.map((other) => other.seenAt);
  return { stage, amount, email, seen };
}
`;

const mistakes = (index: number) => `
export const refused = [
  // @ts-expect-error misspelt beside a right one
  () => xrm.e${index}.findMany({ where: { stage: "won", stagee: "won" } }),
  // @ts-expect-error a misspelt operator
  () => xrm.e${index}.findMany({ where: { stage: { eq: "won", eqq: "won" } } }),
  // @ts-expect-error not a choice
  () => xrm.e${index}.findMany({ where: { stage: "wonn" } }),
  // @ts-expect-error misspelt in a filter through a relation
  () => xrm.e${index}.findMany({ where: { first: { name: "a", nam: "a" } } }),
  // @ts-expect-error misspelt in select
  () => xrm.e${index}.findMany({ select: { name: true, nam: true } }),
  // @ts-expect-error misspelt in the select of an include
  () => xrm.e${index}.findMany({ include: { first: { select: { name: true, nam: true } } } }),
  // @ts-expect-error a misspelt relation
  () => xrm.e${index}.findMany({ include: { first: true, furst: true } }),
  // @ts-expect-error misspelt in orderBy
  () => xrm.e${index}.findMany({ orderBy: { amount: "desc", amont: "desc" } }),
  // @ts-expect-error a misspelt option
  () => xrm.e${index}.findMany({ limit: 5, limt: 5 }),
  // @ts-expect-error misspelt in create
  () => xrm.e${index}.create({ name: "a", first: "b", namee: "a" }),
  // @ts-expect-error a required field is missing
  () => xrm.e${index}.create({ name: "a" }),
  // @ts-expect-error not selected
  async () => (await xrm.e${index}.findMany({ select: { name: true } }))[0]?.email,
];
`;

const tsconfig = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    noEmit: true,
    composite: false,
    emitDeclarationOnly: false,
    declaration: false,
    declarationMap: false,
  },
  include: ["**/*.ts"],
};
