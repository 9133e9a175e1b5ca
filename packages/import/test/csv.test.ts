import { Readable } from "node:stream";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { describe, expect, it } from "vitest";
import { failure, file, openXrm } from "./fixture.ts";

async function names(content: string | Uint8Array, options: object = {}) {
  const xrm = await openXrm(memory());
  const result = await importRecords(xrm, { entity: "company", source: file(content), ...options });
  const rows = await xrm.company.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  return { result, rows, names: rows.map((row) => row.name) };
}

describe("reading CSV", () => {
  it("takes a byte order mark and CRLF", async () => {
    const { names: found } = await names("\uFEFFname,employees\r\nAcme,5\r\nZeta,7\r\n");
    expect(found).toEqual(["Acme", "Zeta"]);
  });

  it("takes files without a last line end, with blank lines, and with line ends of several kinds", async () => {
    const { names: found, result } = await names("name,employees\nA,1\r\n\r\n\nB,2\rC,3");
    expect(found).toEqual(["A", "B", "C"]);
    expect(result.rows).toBe(3);
  });

  it("takes quoted delimiters, quotes and line ends", async () => {
    const { rows } = await names('name,notes\n"Acme, Inc.","says ""hi""\nand goes\r\non"\nB,plain\n');
    expect(rows[0]).toMatchObject({ name: "Acme, Inc.", notes: 'says "hi"\nand goes\r\non' });
    expect(rows[1]).toMatchObject({ name: "B", notes: "plain" });
  });

  it("takes a quote inside a cell as a character", async () => {
    const { names: found } = await names('name,notes\n5" pipe,x\nB,y\n');
    expect(found).toEqual(['5" pipe', "B"]);
  });

  it.each([
    [";", "name;employees;notes\nAcme;5;a,b\n"],
    ["\t", "name\temployees\tnotes\nAcme\t5\ta,b\n"],
    [",", 'name,employees,"notes"\nAcme,5,"a,b"\n'],
  ])("finds the delimiter %j", async (_, text) => {
    const { rows } = await names(text);
    expect(rows).toMatchObject([{ name: "Acme", employees: 5, notes: "a,b" }]);
  });

  it("does not count delimiters inside quotes of the header", async () => {
    const { rows } = await names('"a,b,c";name\nx;Acme\n', { ignore: ["a,b,c"] });
    expect(rows).toMatchObject([{ name: "Acme" }]);
  });

  it("takes any delimiter that is given", async () => {
    const { rows } = await names("name|employees\nAcme, Inc.|5\n", { delimiter: "|" });
    expect(rows).toMatchObject([{ name: "Acme, Inc.", employees: 5 }]);
  });

  it("takes one column", async () => {
    expect((await names("name\nAcme\n\nZeta\n")).names).toEqual(["Acme", "Zeta"]);
  });

  it("reads streams of bytes that are cut in the middle of characters", async () => {
    const bytes = Buffer.from("\uFEFFname,notes\nSão Paulo,çãé€😀\n");
    const xrm = await openXrm(memory());
    const source = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
    await importRecords(xrm, { entity: "company", source });
    expect(await xrm.company.findMany()).toMatchObject([{ name: "São Paulo", notes: "çãé€😀" }]);
  });

  it("reads bytes as they are, and streams of the web", async () => {
    const xrm = await openXrm(memory());
    await importRecords(xrm, { entity: "company", source: Buffer.from("name\nA\n") });
    await importRecords(xrm, { entity: "company", source: new Blob(["name\nB\n"]).stream() });
    expect(await xrm.company.count()).toBe(2);
  });

  it("reads text in pieces", async () => {
    const xrm = await openXrm(memory());
    await importRecords(xrm, { entity: "company", source: ["name,empl", "oyees\nAc", "me,5\n"] });
    expect(await xrm.company.findMany()).toMatchObject([{ name: "Acme", employees: 5 }]);
  });
});

describe("CSV that is not right", () => {
  it("refuses an empty file", async () => {
    for (const content of ["", "\uFEFF", "\n\n"]) {
      const error = await failure(names(content));
      expect(error.code).toBe("import.HEADER");
      expect(error.message).toContain("empty");
    }
  });

  it("takes a header alone for no rows", async () => {
    const { result } = await names("name,employees\n");
    expect(result).toMatchObject({ rows: 0, created: 0, rejected: 0 });
  });

  it("refuses headers without a name and names that come twice, all at once", async () => {
    const error = await failure(names("name,,name, name \nA,B,C,D\n"));
    expect(error.code).toBe("import.HEADER");
    expect(error.issues.map((issue) => issue.code)).toEqual(["EMPTY", "DUPLICATE", "DUPLICATE"]);
    expect(error.issues[1]?.message).toBe("column 3 is called 'name' like column 1; name each column once");
  });

  it("rejects rows of another width and keeps the others", async () => {
    const { result, names: found } = await names("name,employees\nA,1\nB\nC,3,4\nD,4\n");
    expect(found).toEqual(["A", "D"]);
    expect(result.rejects).toMatchObject([
      { line: 3, code: "ROW_WIDTH", reason: "the row has 1 cells, the header 2" },
      { line: 4, code: "ROW_WIDTH", reason: 'the row has 3 cells, the header 2; beyond the last column stands "4"' },
    ]);
  });

  it("says on which line a row begins, after cells of several lines and blank lines", async () => {
    const { result } = await names('name,notes\n"A","1\n2\r\n3"\n\nB,x,y\n');
    expect(result.rejects).toMatchObject([{ line: 6, code: "ROW_WIDTH" }]);
  });

  it("reports bytes that are not UTF-8, and does not replace them", async () => {
    const latin = Buffer.concat([
      Buffer.from("name,notes\nA,fine\nB,"),
      Buffer.from([0x53, 0xe3, 0x6f]),
      Buffer.from("\nC,S\u00e3o\n"),
    ]);
    const { result, names: found } = await names(latin);
    expect(found).toEqual(["A", "C"]);
    expect(result.rejects).toMatchObject([{ line: 3, code: "BAD_ENCODING" }]);
    const cut = Buffer.concat([Buffer.from("name\nA\nB"), Buffer.from([0xe3])]);
    expect((await names(cut)).result.rejects).toMatchObject([{ line: 3, code: "BAD_ENCODING" }]);
  });

  it("lets through a replacement character that the file really holds", async () => {
    expect((await names("name\nA\uFFFD\n")).names).toEqual(["A\uFFFD"]);
  });

  it("refuses UTF-16 and headers that are not UTF-8", async () => {
    expect((await failure(names(Buffer.from("\uFEFFname\nA\n", "utf16le")))).message).toContain("UTF-16");
    const header = Buffer.concat([Buffer.from("name,S"), Buffer.from([0xe3]), Buffer.from("o\nA,B\n")]);
    expect((await failure(names(header))).code).toBe("import.HEADER");
  });

  it("rejects NUL by the rules of text", async () => {
    const { result, names: found } = await names("name,notes\nA,a\0b\nB,fine\n");
    expect(found).toEqual(["B"]);
    expect(result.rejects).toMatchObject([{ line: 2, code: "BAD_TEXT", field: "notes" }]);
  });

  it("rejects a cell of 10 MB with the field's own limit, and goes on", async () => {
    const { result, names: found } = await names(`name,notes\nA,${"x".repeat(10_000_000)}\nB,fine\n`);
    expect(found).toEqual(["B"]);
    expect(result.rejects).toMatchObject([{ line: 2, code: "TOO_LONG", field: "notes" }]);
  });

  it("takes cells that look like formulas for text", async () => {
    const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'];
    const text = formulas.map((cell) => `"${cell.replaceAll('"', '""')}"`).join("\n");
    expect((await names(`name\n${text}\n`)).names.toSorted()).toEqual(formulas.toSorted());
  });

  it("ends with an error at a quote that is never closed, and says where it is", async () => {
    const error = await failure(names('name,notes\nA,fine\nB,"open\nC,x\n'));
    expect(error).toMatchObject({ code: "import.SOURCE" });
    expect(error.message).toContain("line 3");
    const long = `name,notes\nA,fine\nB,"open\n${"C,x\n".repeat(1_000_000)}`;
    const early = await failure(names(long, { maxRowBytes: 10_000 }));
    expect(early.message).toContain("line 3");
    expect(early.message).toContain("maxRowBytes");
  });

  it("refuses files that are not there, folders, and what is no source", async () => {
    const xrm = await openXrm(memory());
    expect(await failure(importRecords(xrm, { entity: "company", source: "/nowhere.csv" }))).toMatchObject({
      code: "import.SOURCE",
    });
    expect(await failure(importRecords(xrm, { entity: "company", source: "/" }))).toMatchObject({
      code: "import.SOURCE",
    });
    expect(await failure(importRecords(xrm, { entity: "company", source: 5 as never }))).toMatchObject({
      code: "INVALID_OPTIONS",
    });
    expect(await failure(importRecords(xrm, { entity: "company", source: {} as never }))).toMatchObject({
      code: "INVALID_OPTIONS",
    });
    const mixed = ["name\nA\n", { name: "B" }];
    expect(await failure(importRecords(xrm, { entity: "company", source: mixed as never }))).toMatchObject({
      code: "import.SOURCE",
    });
  });

  it("passes on what a source throws", async () => {
    const xrm = await openXrm(memory());
    async function* broken() {
      yield "name\nA\n";
      throw new Error("the line is cut");
    }
    await expect(importRecords(xrm, { entity: "company", source: broken() })).rejects.toThrow("the line is cut");
  });
});
