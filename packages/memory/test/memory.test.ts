import assert from "node:assert/strict";
import {
  type Connection,
  createXrm,
  defineModel,
  type EntityModel,
  type StorageTransaction,
  XrmError,
} from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { describe, it } from "vitest";
import { memory } from "../src/index.ts";

const model = defineModel({ entities: [defineEntity("thing", { fields: { name: field.text({ unique: true }) } })] });
const entity = model.entities.get("thing") as EntityModel;
const now = "2026-01-31T00:00:00.000Z";
const id = (n: number) => `018f4e3a-7c1d-7b2a-9c55-${String(n).padStart(12, "0")}`;
const row = (n: number, name = `n${n}`) => ({
  id: id(n),
  version: 1,
  createdAt: now,
  createdBy: null,
  updatedAt: now,
  updatedBy: null,
  name,
});
const insert = (...rows: object[]) => [{ type: "insert", entity, rows: rows as Record<string, unknown>[] }] as const;

async function open(waitMs = 1_000): Promise<Connection> {
  return memory().open(model, { waitMs, now: () => 0 });
}

const count = async (connection: Connection, tx?: StorageTransaction) =>
  connection.prepareCount({ entity, where: undefined, upTo: undefined }).run([], tx);

const code = (error: unknown) => (error instanceof XrmError ? error.code : String(error));

describe("memory", () => {
  it("answers at once when nobody writes, without a promise", async () => {
    const connection = await open();
    assert(!(connection.write(insert(row(1))) instanceof Promise));
    assert(!(connection.begin() instanceof Promise));
  });

  it("gives a database of its own to each system", async () => {
    const storage = memory();
    const [a, b] = [await createXrm({ model, storage }), await createXrm({ model, storage })];
    await a.thing.create({ name: "x" });
    assert.equal(await b.thing.count(), 0);
  });

  it("serves writers in the order in which they came", async () => {
    const connection = await open();
    const first = await connection.begin();
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (n) => {
      const tx = await connection.begin();
      order.push(n);
      await tx.write(insert(row(n)));
      await (n === 2 ? tx.rollback() : tx.commit());
    });
    await first.commit();
    await Promise.all(waiting);
    assert.deepEqual(order, [1, 2, 3]);
    assert.equal(await count(connection), 2);
  });

  it("lets who waited too long out of the queue", async () => {
    const connection = await open(10);
    const first = await connection.begin();
    await assert.rejects(
      async () => connection.begin(),
      (error) => code(error) === "BUSY",
    );
    await first.rollback();
    await (await connection.begin()).commit();
  });

  it("leaves nothing of a batch that fails, inside a transaction too", async () => {
    const connection = await open();
    const tx = await connection.begin();
    assert.throws(
      () => tx.write(insert(row(1), row(2, "N1"))),
      (error) => code(error) === "UNIQUE",
    );
    assert.equal(await count(connection, tx), 0);
    await tx.write(insert(row(1)));
    await tx.commit();
    assert.equal(await count(connection), 1);
  });

  it("ends a savepoint with those inside it", async () => {
    const connection = await open();
    const tx = await connection.begin();
    const outer = await tx.savepoint();
    await tx.write(insert(row(1)));
    await tx.savepoint();
    await tx.write(insert(row(2)));
    await outer.rollback();
    assert.equal(await count(connection, tx), 0);
    await tx.nextNumber("a");
    const again = await tx.savepoint();
    assert.equal(await tx.nextNumber("a"), 2);
    await again.rollback();
    assert.equal(await tx.nextNumber("a"), 2);
    await tx.commit();
  });

  it("knows an ended transaction", async () => {
    const connection = await open();
    const tx = await connection.begin();
    await tx.commit();
    await tx.rollback();
    assert.throws(
      () => tx.write(insert(row(1))),
      (error) => code(error) === "TX_CLOSED",
    );
    assert.throws(
      () => tx.commit(),
      (error) => code(error) === "TX_CLOSED",
    );
    await (await connection.begin()).commit();
  });

  it("closes after those who are in the queue", async () => {
    const connection = await open();
    const tx = await connection.begin();
    const waiting = Promise.resolve(connection.begin()).then((other) => other.commit());
    const closing = Promise.resolve(connection.close());
    assert.throws(
      () => connection.begin(),
      (error) => code(error) === "CLOSED",
    );
    await tx.commit();
    await Promise.all([waiting, closing]);
  });
});
