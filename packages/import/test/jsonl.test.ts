import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { describe, expect, it } from "vitest";
import { failure, file, openXrm } from "./fixture.ts";

async function imported(source: unknown, options: object = {}) {
  const xrm = await openXrm(memory());
  const result = await importRecords(xrm, { entity: "company", source, ...options } as never);
  return { xrm, result, rows: await xrm.company.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] }) };
}

const jsonl = (...lines: string[]) => file(lines.join("\n"), "rows.jsonl");

describe("JSON Lines", () => {
  it("are records with typed values, keys in any order, and keys left out", async () => {
    const { rows } = await imported(
      jsonl(
        '\uFEFF{"name":"A","employees":5,"tags":["x"],"vip":true}',
        "",
        '{"revenue":12.5,"name":"B"}\r',
        '{"name":"C","vip":null}',
      ),
    );
    expect(rows).toMatchObject([
      { name: "A", employees: 5, tags: ["x"], vip: true, revenue: null },
      { name: "B", employees: null, vip: false, revenue: "12.50" },
    ]);
    // Null is said, and the field needs a value: that is not the same as leaving it out.
    expect(rows).toHaveLength(2);
  });

  it("may hold text that is read like cells", async () => {
    const { rows } = await imported(jsonl('{"name":" A ","employees":"5","vip":"sim","founded":"31/01/2026"}'), {
      map: { founded: { format: "DD/MM/YYYY" } },
      auto: true,
    });
    expect(rows).toMatchObject([{ name: "A", employees: 5, vip: true, founded: "2026-01-31" }]);
  });

  it("are rejected line by line when they are not objects", async () => {
    const { result, rows } = await imported(jsonl('{"name":"A"}', "{oops", "[1]", "null", '"x"', '{"name":"B"}'));
    expect(rows.map((row) => row.name)).toEqual(["A", "B"]);
    expect(result.rejects.map(({ line, code }) => [line, code])).toEqual(
      [2, 3, 4, 5].map((line) => [line, "BAD_JSON"]),
    );
  });

  it("are rejected when they are too long or not UTF-8, and what follows is read", async () => {
    const long = Buffer.from(`{"name":"A"}\n{"name":"${"x".repeat(300_000)}"}\n`);
    const bytes = Buffer.concat([
      long,
      Buffer.from('{"name":"S'),
      Buffer.from([0xe3]),
      Buffer.from('o"}\n{"name":"B"}'),
    ]);
    const { result, rows } = await imported(file(bytes, "rows.ndjson"), { maxRowBytes: 100_000 });
    expect(rows.map((row) => row.name)).toEqual(["A", "B"]);
    expect(result.rejects).toMatchObject([
      { line: 2, code: "ROW_TOO_LONG" },
      { line: 3, code: "BAD_ENCODING" },
    ]);
  });

  it("can come as text with the format named", async () => {
    const { rows } = await imported(['{"name":"A"}\n{"na', 'me":"B"}'], { format: "jsonl" });
    expect(rows).toHaveLength(2);
  });

  it("reject numbers that JavaScript does not hold exactly", async () => {
    const { result } = await imported(jsonl('{"name":"A","revenue":90071992547409931.25}'));
    expect(result.rejects).toMatchObject([{ code: "BAD_NUMBER", field: "revenue" }]);
  });
});

describe("keys of objects", () => {
  it("that are not mapped are refused when they are known at the start, and rejected when they come later", async () => {
    expect((await failure(imported([{ name: "A", color: "red" }]))).issues).toHaveLength(1);
    const later = [{ name: "A" }, { name: "B" }, { name: "C", color: "red" }, { name: "D", color: undefined }];
    const { result, rows } = await imported(later, { batchSize: 2 });
    expect(rows.map((row) => row.name)).toEqual(["A", "B", "D"]);
    expect(result.rejects).toMatchObject([{ line: 3, code: "UNKNOWN_COLUMN" }]);
    expect((await imported(later, { batchSize: 2, ignoreUnmapped: true })).rows).toHaveLength(4);
  });

  it("that are mapped may come later; one that looks misspelt is refused", async () => {
    const rows = [{ n: "A" }, { n: "B" }, { n: "C", e: 5 }];
    expect(
      (await imported(rows, { batchSize: 1, map: { name: "n", employees: "e" } })).rows.map((row) => row.employees),
    ).toEqual([null, null, 5]);
    expect((await imported([{ name: "A" }, { name: "B", Employees: 5 }], { batchSize: 1 })).rows[1]).toMatchObject({
      employees: 5,
    });
    const error = await failure(imported([{ n: "A", employes: 5 }], { map: { name: "n", employees: "employees" } }));
    expect(error.issues[0]?.message).toContain("Did you mean 'employes'?");
  });

  it("may be hostile", async () => {
    const source = jsonl('{"name":"A","__proto__":{"vip":true},"constructor":1,"toString":"x"}');
    const { rows } = await imported(source, { ignoreUnmapped: true });
    expect(rows).toMatchObject([{ name: "A", vip: false }]);
    expect(({} as Record<string, unknown>)["vip"]).toBeUndefined();
  });

  it("are bounded in number", async () => {
    async function* many() {
      for (let i = 0; i < 2_100; i++) yield { name: `N${i}`, [`k${i}`]: 1 };
    }
    const { result } = await imported(many(), { ignoreUnmapped: true });
    expect(result).toMatchObject({ created: 1_999, rejected: 101 });
    expect(result.rejects[0]).toMatchObject({ line: 2_000, code: "UNKNOWN_COLUMN" });
  });
});

describe("objects", () => {
  it("are numbered, and rejected when they are none", async () => {
    const { result, rows } = await imported([{ name: "A" }, 5, null, [1], { name: "B" }]);
    expect(rows).toHaveLength(2);
    expect(result.rejects.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it("may be cyclic or throw: only their row suffers", async () => {
    const cyclic: Record<string, unknown> = { name: "A" };
    cyclic["notes"] = cyclic;
    const { result, rows } = await imported([cyclic, { name: "B" }]);
    expect(rows.map((row) => row.name)).toEqual(["B"]);
    expect(result.rejects).toMatchObject([{ line: 1, field: "notes" }]);
  });

  it("of none make an empty import", async () => {
    expect((await imported([], { format: "jsonl" })).result).toMatchObject({ rows: 0 });
  });
});
