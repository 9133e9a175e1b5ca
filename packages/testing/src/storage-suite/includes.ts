/** Select and include: exactly what was asked for, at any depth. */

import assert from "node:assert/strict";
import { topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

const byName = { orderBy: { name: "asc" } } as const;

/** Cases on the shape of answers. */
export const includes = topic("includes", {
  async "select-gives-exactly-the-fields-named"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    const accounts = xrm.entity("account");
    assert.deepEqual(await accounts.get(acme, { select: { name: true } }), { name: "Acme" });
    assert.deepEqual(
      await accounts.findMany({ select: { revenue: true, name: true }, orderBy: { name: "desc" }, limit: 2 }),
      [
        { name: "lone", revenue: null },
        { name: "Gámma", revenue: "-3.05" },
      ],
    );
    assert.deepEqual(await accounts.findOne({ select: { id: true }, where: { code: "A" } }), { id: acme });
    assert.deepEqual(await accounts.get(acme, { select: {} }), {});
  },

  async "to-one"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    const deals = await xrm
      .entity("deal")
      .findMany({ select: { title: true }, include: { account: { select: { name: true } }, contact: true } });
    assert.deepEqual(
      deals.map((deal) => [
        deal["title"],
        deal["account"],
        (deal["contact"] as { name?: unknown } | null)?.name ?? null,
      ]),
      [
        ["d1", { name: "Acme" }, "Ann"],
        ["d2", { name: "Acme" }, null],
        ["d3", { name: "beta" }, "Bob"],
        ["d4", { name: "beta" }, null],
        ["d5", null, null],
      ],
    );
    const [first] = await xrm.entity("deal").findMany({ include: { account: true }, limit: 1 });
    assert.deepEqual(first?.["account"], await xrm.entity("account").get(acme));
    assert.equal(Object.keys(first ?? {}).filter((key) => key === "account").length, 1);
  },

  async "to-one-that-is-filtered-out-is-null"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const deals = await xrm.entity("deal").findMany({
      select: { title: true },
      include: { account: { where: { industry: "health" }, select: { name: true } } },
    });
    assert.deepEqual(
      deals.map((deal) => deal["account"]),
      [null, null, { name: "beta" }, { name: "beta" }, null],
    );
  },

  async "children-each-parent-its-own"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const query = { ...byName, select: { name: true } };
    const titles = (rows: Record<string, unknown>[]) =>
      rows.map((row) => (row["deals"] as { title: string }[]).map((deal) => deal.title));
    const accounts = xrm.entity("account");
    assert.deepEqual(titles(await accounts.findMany({ ...query, include: { deals: true } })), [
      ["d1", "d2"],
      ["d3", "d4"],
      [],
      [],
    ]);
    assert.deepEqual(
      titles(await accounts.findMany({ ...query, include: { deals: { orderBy: { amount: "desc" } } } })),
      [["d2", "d1"], ["d3", "d4"], [], []],
    );
    assert.deepEqual(
      titles(await accounts.findMany({ ...query, include: { deals: { orderBy: { amount: "asc" }, limit: 1 } } })),
      [["d1"], ["d4"], [], []],
    );
    assert.deepEqual(titles(await accounts.findMany({ ...query, include: { deals: { limit: 0 } } })), [[], [], [], []]);
    assert.deepEqual(
      titles(await accounts.findMany({ ...query, include: { deals: { where: { stage: "won" }, limit: 5 } } })),
      [["d1"], ["d3"], [], []],
    );
    const selected = await accounts.findMany({
      ...query,
      include: { deals: { select: { stage: true }, orderBy: { title: "desc" } } },
    });
    assert.deepEqual(selected[1], { name: "beta", deals: [{ stage: "lost" }, { stage: "won" }] });
  },

  async links(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const accounts = await xrm.entity("account").findMany({
      ...byName,
      select: { name: true },
      include: { clubs: { select: { name: true }, orderBy: { name: "asc" } } },
    });
    assert.deepEqual(accounts, [
      { name: "Acme", clubs: [{ name: "chess" }, { name: "golf" }] },
      { name: "beta", clubs: [{ name: "golf" }] },
      { name: "Gámma", clubs: [] },
      { name: "lone", clubs: [] },
    ]);
    const clubs = await xrm.entity("club").findMany({
      ...byName,
      select: { name: true },
      include: {
        members: { select: { name: true }, orderBy: { name: "desc" }, limit: 1 },
        memberships: {
          select: { since: true },
          include: { account: { select: { name: true } } },
          orderBy: { since: "asc" },
        },
      },
    });
    assert.deepEqual(clubs, [
      { name: "chess", members: [{ name: "Acme" }], memberships: [{ since: null, account: { name: "Acme" } }] },
      { name: "empty", members: [], memberships: [] },
      {
        name: "golf",
        members: [{ name: "beta" }],
        memberships: [
          { since: "2020-01-01", account: { name: "Acme" } },
          { since: "2021-01-01", account: { name: "beta" } },
        ],
      },
    ]);
  },

  async nested(t) {
    const xrm = await t.open(fixture);
    const { beta } = await plant(xrm);
    const tree = await xrm.entity("account").get(beta, {
      select: { name: true },
      include: {
        parent: {
          select: { name: true },
          include: {
            parent: true,
            deals: {
              select: { title: true },
              include: { contact: { select: { name: true }, include: { account: { select: { code: true } } } } },
            },
          },
        },
        subsidiaries: { select: { name: true }, include: { clubs: true } },
        contacts: {
          select: { email: true },
          include: { deals: { select: { title: true } } },
          orderBy: { email: "asc" },
        },
      },
    });
    assert.deepEqual(tree, {
      name: "beta",
      parent: {
        name: "Acme",
        parent: null,
        deals: [
          { title: "d1", contact: { name: "Ann", account: { code: "A" } } },
          { title: "d2", contact: null },
        ],
      },
      subsidiaries: [{ name: "Gámma", clubs: [] }],
      contacts: [
        { email: null, deals: [] },
        { email: "bob@beta.example", deals: [{ title: "d3" }] },
      ],
    });
  },

  async "includes-of-no-rows-and-of-pages"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(
      await xrm
        .entity("account")
        .findMany({ where: { name: "nobody" }, include: { deals: true, parent: true, clubs: true } }),
      [],
    );
    const page = await xrm.entity("account").findPage({
      ...byName,
      select: { name: true },
      include: { deals: { select: { title: true }, limit: 1 } },
      limit: 2,
    });
    assert.deepEqual(page.rows, [
      { name: "Acme", deals: [{ title: "d1" }] },
      { name: "beta", deals: [{ title: "d3" }] },
    ]);
  },
});
