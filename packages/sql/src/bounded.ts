/** Reads that need no guard against running long: what they look at is found by its id. */

import type { IncludePlan, ReadPlan } from "@kith/core";

/** One record by its id, with what its lookups lead to: as quick in a large database as in a small one. */
export function seeksOne(plan: ReadPlan): boolean {
  const { where } = plan;
  const byId = where?.kind === "test" && where.word === "eq" && where.field.system && where.field.name === "id";
  return byId === true && plan.includes.every(seeksOneEach);
}

function seeksOneEach({ many, plan }: IncludePlan): boolean {
  return !many && plan.where === undefined && plan.includes.every(seeksOneEach);
}
