/** Kith on its own tables. */

import { createXrm, type EntitiesOf } from "@kith/core";
import { actorId, type ContenderModule, type ListArgs } from "../lib/contender.ts";
import { model } from "../lib/model.ts";
import { storageFor } from "../lib/storage.ts";

interface Entities extends EntitiesOf<typeof model> {}

export const contender: ContenderModule = {
  dbs: ["sqlite", "pg"],
  async open(context) {
    const root = await createXrm<Entities>({ model, storage: await storageFor(context) });
    const { account, contact, opportunity } = root.as({ id: actorId }) as unknown as Record<string, any>;
    const where = ({ stage, above }: ListArgs) => ({ stage, amount: { gt: above } });
    const orderBy = [{ closeDate: "desc" }, { id: "desc" }];
    return {
      version: "this repository",
      create: (values) => contact.create(values),
      bulk: (list) => opportunity.createMany(list),
      get: (id) => contact.get(id),
      list: (args) => opportunity.findMany({ where: where(args), orderBy, limit: 50 }),
      listCount: (args) => opportunity.findPage({ where: where(args), orderBy, limit: 50, total: true }),
      toOne: (args) =>
        opportunity.findMany({ where: where(args), orderBy, limit: 50, include: { account: true, contact: true } }),
      toMany: (salesperson) =>
        account.findMany({
          where: { salesperson },
          orderBy: [{ id: "asc" }],
          limit: 50,
          include: { opportunities: true },
        }),
      update: (id, probability) => opportunity.update(id, { probability }),
      delete: (id) => contact.delete(id),
      search: (text) => contact.findMany({ search: text, limit: 20 }),
      byStage: () =>
        opportunity.aggregate({ groupBy: { stage: true }, measures: { count: "count", sum: { sum: "amount" } } }),
      byMonth: () =>
        opportunity.aggregate({
          groupBy: { closeDate: "month" },
          measures: { count: "count", sum: { sum: "amount" } },
        }),
      createContacts: async (list) => (await contact.createMany(list)).map(({ id }: { id: string }) => id),
      close: () => root.close(),
    };
  },
};
