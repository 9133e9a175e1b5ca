// Some records to search, to add up and to bring along.
import type { Xrm } from "@kith/core";
import type { Entities } from "./first-release.ts";

export async function fill(xrm: Xrm<Entities>): Promise<void> {
  const acme = await xrm.account.create({
    name: "Acme São Paulo",
    address: { street: "Avenida Paulista 1", city: "São Paulo", country: "BR" },
    size: "120",
    fax: "+55 11 3333-4444",
  });
  const north = await xrm.account.create({
    name: "North Star",
    address: { city: "Boston", country: "US" },
    size: " 18 ",
  });
  const joao = await xrm.contact.create({ name: "João da Silva", email: "joao@acme.example", account: acme.id });
  const [anvils] = await xrm.deal.createMany([
    { topic: "Anvils", account: acme.id, stage: "won", amount: "1000.10", currency: "BRL", closedOn: "2026-02-10" },
    { topic: "Bolts", account: north.id, stage: "won", amount: "200.20", currency: "USD", closedOn: "2026-03-31" },
    { topic: "Cranes", account: north.id, stage: "won", amount: "300.00", currency: "USD", closedOn: "2026-04-01" },
    { topic: "Drills", account: acme.id, stage: "lost", amount: "50.00", currency: "BRL", closedOn: "2026-04-02" },
  ]);
  if (!anvils) throw new Error("not made");
  await xrm.activity.createMany([
    {
      subject: "Call",
      notes: "João wants anvils by June.",
      took: "PT20M",
      regarding: { entity: "contact", id: joao.id },
    },
    { subject: "Visit", took: "PT2H", regarding: { entity: "account", id: acme.id } },
    { subject: "Offer", took: "PT45M", regarding: { entity: "deal", id: anvils.id } },
  ]);
  await xrm.exchangeRate.createMany([
    { from: "USD", to: "BRL", rate: "5.00", on: "2026-01-01" },
    { from: "USD", to: "BRL", rate: "5.50", on: "2026-04-01" },
  ]);
}
