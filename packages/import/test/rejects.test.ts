import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { PassThrough, Writable } from "node:stream";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { failure, file, openXrm, path } from "./fixture.ts";

async function rejected(source: unknown, options: object = {}) {
  const xrm = await openXrm(memory());
  const rejects = path("rejected.csv");
  const result = await importRecords(xrm, { entity: "company", source, rejects, ...options } as never);
  return { xrm, result, rejects, text: existsSync(rejects) ? readFileSync(rejects, "utf8") : undefined };
}

describe("rejected rows", () => {
  it("stand in a CSV with their columns as they came, and why", async () => {
    const { text } = await rejected(file('Name,n\nA,1\n" ",2\n"B,\n""x""",=1+1\n'), {
      map: { name: "Name", employees: "n" },
    });
    expect(text).toBe(
      [
        "Name,n,line,code,field,reason",
        " ,2,3,REQUIRED,name,name (column 'Name') is required; give it a value",
        '"B,\n""x""",=1+1,4,BAD_NUMBER,employees,"employees (column \'n\') must be a number like 1234.56, not ""=1+1"""',
        "",
      ].join("\n"),
    );
  });

  it("can be corrected and imported, reasons and all", async () => {
    const first = await rejected(file("name;employees\nA;1\nB;x\n;3\n"));
    const corrected = file(first.text?.replace("B;x", "B;2").replace("\n;3", "\nC;3") ?? "");
    const ignore = ["line", "code", "field", "reason"];
    const second = await importRecords(first.xrm, { entity: "company", source: corrected, match: "name", ignore });
    expect(second).toMatchObject({ created: 2, rejected: 0 });
  });

  it("have columns for the reasons that the source does not have", async () => {
    const { text } = await rejected(file("name,code,line\n,x,y\n"), { ignoreUnmapped: true });
    expect(text?.split("\n")[0]).toBe("name,code,line,line_2,code_2,field,reason");
  });

  it("of another width are cut or filled up", async () => {
    const { text } = await rejected(file("name,employees\nA\nB,2,3\n"));
    const rows = parse(text ?? "", { columns: true }) as Record<string, string>[];
    expect(rows).toMatchObject([
      { name: "A", employees: "" },
      { name: "B", employees: "2", code: "ROW_WIDTH" },
    ]);
    expect(rows[1]?.["reason"]).toContain('"3"');
  });

  it("of JSON are JSON", async () => {
    const { text } = await rejected(file('{"name":"A"}\n{"name":"B","employees":"x"}\n{oops\n', "rows.jsonl"));
    const rows = parse(text ?? "", { columns: true }) as Record<string, string>[];
    expect(rows).toMatchObject([
      { record: '{"name":"B","employees":"x"}', line: "2" },
      { record: "{oops", code: "BAD_JSON" },
    ]);
  });

  it("of the second pass stand there too", async () => {
    const { text } = await rejected(file("name,parent\nA,nobody\nB,A\n"));
    const rows = parse(text ?? "", { columns: true }) as Record<string, string>[];
    expect(rows).toMatchObject([{ name: "A", parent: "nobody", line: "2", code: "LOOKUP_MISSING" }]);
  });

  it("leave no file when there are none, nor an old one", async () => {
    const xrm = await openXrm(memory());
    const rejects = path("old.csv");
    writeFileSync(rejects, "from another run");
    await importRecords(xrm, { entity: "company", source: file("name\nA\n"), rejects });
    expect(existsSync(rejects)).toBe(false);
    writeFileSync(rejects, "from another run");
    await importRecords(xrm, { entity: "company", source: [], format: "jsonl", match: "name", rejects });
    expect(existsSync(rejects)).toBe(false);
  });

  it("do not touch an old file when the options are refused", async () => {
    const xrm = await openXrm(memory());
    const rejects = path("old.csv");
    writeFileSync(rejects, "from another run");
    await failure(importRecords(xrm, { entity: "company", source: file("nome\nA\n"), rejects }));
    await failure(importRecords(xrm, { entity: "company", source: [{ nome: "A" }], rejects }));
    expect(readFileSync(rejects, "utf8")).toBe("from another run");
  });

  it("can go to a stream, whose failure ends the import", async () => {
    const out = new PassThrough();
    const text = out.setEncoding("utf8").toArray();
    await rejected(file("name\nA\nA\n"), { rejects: out });
    expect((await text).join("")).toMatch(/^name,line,code,field,reason\nA,3,UNIQUE,name,/);
    const full = new Writable({ write: (_, __, done) => done(new Error("no space left")) });
    const error = await failure(rejected(file("name\nA\nA\nB\nB\n"), { rejects: full, batchSize: 2 }));
    expect(error).toMatchObject({ code: "import.REJECTS" });
    expect(error.message).toContain("no space left");
  });

  it("are all in the file, the first 20 in the result", async () => {
    const { result, text } = await rejected(file(`name\n${"A\n".repeat(101)}`), { batchSize: 7 });
    expect(result).toMatchObject({ created: 1, rejected: 100 });
    expect(result.rejects.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 3));
    expect(parse(text ?? "", { columns: true })).toHaveLength(100);
  });
});
