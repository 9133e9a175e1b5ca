import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { here, kith } from "./fake-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function file(text: string, name = "rows.csv"): string {
  const path = join(folder, `${++count}-${name}`);
  writeFileSync(path, text);
  return path;
}

const accounts = file("account,employees,subsidiary_of\nChild,5,Mother\nMother,7,\n");
const bad = file("name,employees\nA,1\nB,x\n,3\n");

describe("kith import", () => {
  it("imports a file and shows what became of it", async () => {
    const { code, out, err } = await kith(["import", "account", accounts, "--match", "name"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.replace(/Time: .*/, "Time")).toBe(
      [
        "Import of account",
        "  Rows read  2",
        "  Created    2",
        "  Updated    0",
        "  Unchanged  0",
        "  Rejected   0",
        "  Lookups to the entity itself: 1 set, 0 as they were, 0 rejected",
        "  Time",
        "",
      ].join("\n"),
    );
  });

  it("speaks Portuguese when asked, or when the environment does", async () => {
    const byOption = await kith(["import", "account", accounts, "--locale", "pt-BR"]);
    expect(byOption.out).toContain("Importação de account\n  Linhas lidas  2\n");
    expect((await kith(["import", "account", accounts], { env: { LANG: "pt_BR.UTF-8" } })).out).toContain(
      "Linhas lidas",
    );
    expect(
      (await kith(["import", "account", accounts, "--locale=en"], { env: { LANG: "pt_BR.UTF-8" } })).out,
    ).toContain("Rows read");
    expect((await kith(["import", "account", accounts], { env: { LANG: "de_DE.UTF-8" } })).out).toContain("Rows read");
  });

  it("ends with 1 when rows are rejected, and tells the first of them", async () => {
    const rejects = join(folder, "rejected.csv");
    const { code, out } = await kith(["import", "account", bad, "--rejects", rejects]);
    expect(code).toBe(1);
    expect(out).toContain(
      '  line 3 BAD_NUMBER: employees must be a number like 1234.56, not "x"\n  line 4 REQUIRED: name is required; give it a value\n',
    );
    expect(out).toContain(`All rejected rows and their reasons: ${rejects}`);
    expect(readFileSync(rejects, "utf8")).toContain("B,x,3,BAD_NUMBER");
    expect((await kith(["import", "account", bad])).out).toContain("--rejects rejected.csv");
  });

  it("prints the result as JSON and nothing else", async () => {
    const { code, out, err } = await kith(["import", "account", bad, "--json"], { columns: 80 });
    expect([code, err]).toEqual([1, ""]);
    expect(JSON.parse(out)).toMatchObject({ rows: 3, created: 1, rejected: 2, rejects: [{ line: 3 }, { line: 4 }] });
    const failed = await kith(["import", "nobody", bad, "--json"]);
    expect([failed.code, failed.err]).toEqual([2, ""]);
    expect(JSON.parse(failed.out)).toMatchObject({ error: { code: "UNKNOWN_ENTITY" } });
  });

  it("takes a mapping, aliases and the rest from files and options", async () => {
    const rows = file("Nome;Func.;Receita;Setor;x\nAcme;1.200;1.234,5;TI;1\n");
    const map = file(
      JSON.stringify({ name: "Nome", employees: { from: "Func." }, revenue: "Receita", sector: "Setor" }),
      "map.json",
    );
    const aliases = file(JSON.stringify({ sector: { TI: "technology" } }), "aliases.json");
    const app = file(
      `import { model } from ${JSON.stringify(pathToFileURL(join(here, "kith.config.ts")).href)};
       import { createXrm } from "@kith/core"; import { memory } from "@kith/memory";
       export const open = async () => { const xrm = await createXrm({ model, storage: memory() }); xrm.$.on("*", (e) => { globalThis.seen = e.row; }); return xrm; };`,
      "app.ts",
    );
    // A module outside the workspace finds no packages.
    const own = join(here, `.${count}-app.tmp.ts`);
    writeFileSync(own, readFileSync(app));
    try {
      const options = [
        "--map",
        map,
        "--alias-file",
        aliases,
        "--ignore",
        "x",
        "--decimal-comma",
        "--thousands",
        ".",
        "--actor",
        "ana",
        "--batch-size",
        "1",
      ];
      const { code, err } = await kith(["import", "account", rows, "--app", own, "--delimiter", ";", ...options]);
      expect([code, err]).toEqual([0, ""]);
      expect(Reflect.get(globalThis, "seen")).toMatchObject({
        name: "Acme",
        employees: 1200,
        revenue: "1234.50",
        sector: "technology",
        createdBy: "ana",
      });
    } finally {
      rmSync(own);
    }
  });

  it("fills addresses, points and lookups to several entities from columns of their parts", async () => {
    const own = join(here, `.${++count}-app.tmp.ts`);
    writeFileSync(
      own,
      `import { createXrm, defineEntity, defineModel, field } from "@kith/core"; import { memory } from "@kith/memory";
       const account = defineEntity("account", { title: "name", fields: { name: field.text({ required: true, unique: true }),
         address: field.address(), place: field.geo(), open: field.duration(), about: field.lookup(["account", "product"]) } });
       const product = defineEntity("product", { title: "name", fields: { name: field.text({ required: true }) } });
       export const open = async () => { const xrm = await createXrm({ model: defineModel({ entities: [account, product] }), storage: memory() });
         await xrm.product.create({ name: "GTX" }); xrm.$.on("*", (e) => { globalThis.seen = e.row; }); return xrm; };`,
    );
    try {
      const rows = file("Nome;Cidade;País;Lat;Lng;Horas;Produto\nAcme;Olinda;Brasil;-8,01;-34,86;1,5;GTX\n");
      const named = { name: "Nome", open: { from: "Horas", unit: "hours" }, "about.product": "Produto" };
      const map = file(JSON.stringify(named), "map.json");
      const options = ["--map", map, "--auto", "--decimal-comma"];
      const { code, out, err } = await kith(["import", "account", rows, "--app", own, ...options]);
      expect([code, err, code === 0 || out]).toEqual([0, "", true]);
      expect(Reflect.get(globalThis, "seen")).toMatchObject({
        address: { city: "Olinda", country: "BR" },
        place: { lat: -8.01, lng: -34.86 },
        open: "PT1H30M",
        about: { entity: "product" },
      });
      const half = file("name,lat,lng,open\nZeta,1,,soon\n");
      const rejected = await kith(["import", "account", half, "--app", own]);
      expect(rejected.code).toBe(1);
      expect(rejected.out).toContain("line 2 DURATION: open must be a duration like 1h 30m");
      const unknown = file(JSON.stringify({ name: "name", "address.cty": "lat" }), "map.json");
      const wrong = await kith(["import", "account", half, "--app", own, "--map", unknown]);
      expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("Did you mean 'city'?")]);
    } finally {
      rmSync(own);
    }
  });

  it("uses aliases alone without a mapping", async () => {
    const rows = file("name,sector\nA,TI\n");
    const aliases = file('\uFEFF{"sector":{"TI":"technology"}}', "aliases.json");
    expect((await kith(["import", "account", rows, "--alias-file", aliases])).code).toBe(0);
  });

  it("reads standard input, JSON Lines and tabs", async () => {
    async function* stdin() {
      yield '{"name":"A"}\n{"name":"B"}';
    }
    const { code, out } = await kith(["import", "account", "-", "--format", "jsonl"], { stdin: stdin() });
    expect([code, out.includes("Created    2")]).toEqual([0, true]);
    const tabs = file("name\tsector\nA,B\tx\n");
    for (const tab of ["tab", "\\t", "\t"])
      expect((await kith(["import", "account", tabs, "--delimiter", tab])).code).toBe(0);
  });

  it("says what a dry run would do", async () => {
    const rejects = join(folder, "dry.csv");
    const { code, out } = await kith(["import", "account", accounts, "--dry-run", "--rejects", rejects]);
    expect(code).toBe(0);
    expect(out).toContain("Dry run of account: nothing was kept");
    expect(existsSync(rejects)).toBe(false);
  });

  it("shows a bar in a terminal, cleared at the end, and lines elsewhere", async () => {
    const rows = file(`name\n${Array.from({ length: 2_000 }, (_, i) => `c${i}`).join("\n")}\n`);
    const { out } = await kith(["import", "account", rows], { columns: 60 });
    const pictures = out.split("\r").slice(1);
    expect(pictures[0]?.split("\u001b")[0]).toMatch(/^[█░]{24} \d+ % · \d+(,\d+)? rows · [\d,]+ rows\/s$/);
    expect(out).toContain("\r\u001b[KImport of account");
    for (const picture of pictures) expect(picture.split("\u001b")[0]?.length).toBeLessThan(60);
    expect((await kith(["import", "account", rows])).out).not.toContain("\r");
  });

  it("stops at an interrupt with 130, and says how to go on", async () => {
    const { code, out } = await kith(["import", "account", accounts], { interrupted: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(out).toContain("Run it again with the same --match");
  });
});

describe("a wrong call", () => {
  it.each([
    [[], ""],
    [["imprt"], "There is no command 'imprt'. Did you mean 'import'? kith --help tells more.\n"],
    [["--verbose"], "There is no option '--verbose'. kith --help tells more.\n"],
    [["import"], "The argument entity is missing. kith import --help tells more.\n"],
    [["import", "account"], "The argument file is missing. kith import --help tells more.\n"],
    [["import", "account", "a.csv", "b.csv"], "'b.csv' is one argument too many. kith import --help tells more.\n"],
    [
      ["import", "account", "a.csv", "--mach", "name"],
      "There is no option '--mach'. Did you mean '--match'? kith import --help tells more.\n",
    ],
    [
      ["import", "account", "a.csv", "--match", "name", "--match=code"],
      "The option --match is given twice. Several values go into one, with commas between them. kith import --help tells more.\n",
    ],
    [["import", "account", "a.csv", "--match"], "The option --match needs a value. kith import --help tells more.\n"],
    [
      ["import", "account", "a.csv", "--match", "--dry-run"],
      "The option --match needs a value. kith import --help tells more.\n",
    ],
    [
      ["import", "account", "a.csv", "--on-match", "drop"],
      "The option --on-match takes update, skip, not 'drop'. kith import --help tells more.\n",
    ],
    [
      ["import", "account", "a.csv", "--batch-size", "many"],
      "The option --batch-size takes a whole number, not 'many'. kith import --help tells more.\n",
    ],
    [
      ["import", "account", "a.csv", "--locale", "de"],
      "The option --locale takes en, pt-BR, not 'de'. kith import --help tells more.\n",
    ],
    [
      ["import", "account", "a.csv", "--app", "none.ts"],
      "The module 'none.ts' is not there. Name the one that gives the system with --app.\n",
    ],
    [
      ["import", "account", "a.csv", "--map", "none.json"],
      expect.stringMatching(/^The file 'none.json' cannot be used: ENOENT/),
    ],
    [["import", "account", "a.csv"], expect.stringMatching(/^import.SOURCE: The file '.*a.csv' cannot be read/)],
    [
      ["import", "acount", "a.csv"],
      "UNKNOWN_ENTITY: The model has no entity 'acount'. Did you mean 'account'? It has account, product, agent, opportunity.\n",
    ],
  ])("%j ends with 2", async (argv, message) => {
    const { code, err } = await kith(argv as string[]);
    expect([code, err]).toEqual([2, message]);
    expect(err).not.toContain("    at ");
  });

  it("is a flag of any command that is given a value, in either language", async () => {
    const calls = [
      ["import", "account", "a.csv", "--dryRun=no"],
      ["backup", "b.db", "--json=maybe"],
      ["restore", "b.db", "--debug="],
      ["plan", "--json=true"],
      ["apply", "--json=false"],
      ["drift", "--json=maybe"],
    ];
    for (const argv of calls) {
      const [, flag] = /^(--\w+)=/.exec(argv.at(-1) as string) as unknown as [string, string];
      const name = flag === "--dryRun" ? "--dry-run" : flag;
      const { code, out, err } = await kith(argv);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(`The option ${name} takes no value: write ${name}, not '${argv.at(-1)}'.`);
    }
    const { code, err } = await kith(["drift", "--json=maybe", "--locale", "pt-BR"]);
    expect([code, err]).toEqual([
      2,
      "A opção --json não aceita valor: escreva --json, não '--json=maybe'. kith drift --help diz mais.\n",
    ]);
  });

  it("lists every problem of the options", async () => {
    const { err } = await kith(["import", "account", file("nome,setor\n"), "--match", "nam"]);
    expect(err).toBe(
      [
        "INVALID_OPTIONS: The import of 'account' is not right:",
        "  map says nothing of the column 'nome'; map it to a field, or ignore it. Is it for 'name'?",
        "  map says nothing of the column 'setor'; map it to a field, or ignore it. Is it for 'sector'?",
        "  match names 'nam', which 'account' does not have. Did you mean 'name'?",
        "",
      ].join("\n"),
    );
  });

  it("shows where an error comes from with --debug alone", async () => {
    const { err } = await kith(["import", "acount", "a.csv", "--debug"]);
    expect(err).toContain("XrmError");
    expect(err).toContain("    at ");
  });

  it("is told in Portuguese too", async () => {
    expect((await kith(["import", "account", "--locale", "pt-BR"])).err).toBe(
      "Falta o argumento file. kith import --help diz mais.\n",
    );
  });

  it("says what is wrong with the app's module", async () => {
    const apps: [text: string, message: string][] = [
      ["export const x = 1;", "gives no system"],
      ["export default 5;", "gives no system"],
      ["export default { model: 1 };", "gives no system"],
      ["throw new Error('no luck');", "cannot be loaded: no luck"],
      ["export default () => { throw new Error('no luck'); };", "cannot be loaded: no luck"],
      [
        "export default { model: {}, storage: {} };",
        "INVALID_OPTIONS: createXrm: model must be what defineModel gave.",
      ],
    ];
    for (const [text, message] of apps) {
      const { code, err } = await kith(["import", "account", accounts, "--app", file(text, "app.mjs")]);
      expect(code).toBe(2);
      expect(err).toContain(message);
    }
    const list = file("[1]", "map.json");
    expect((await kith(["import", "account", accounts, "--map", list])).err).toContain("it must hold a JSON object");
  });
});

describe("help", () => {
  it("tells the commands and what they take, in both languages", async () => {
    const { code, out } = await kith(["--help"]);
    expect([code, out.includes("Usage: kith <command> [options]")]).toEqual([0, true]);
    const en = (await kith(["import", "--help"])).out;
    const pt = (await kith(["import", "--help", "--locale", "pt-BR"])).out;
    expect(en).toContain("--dry-run");
    expect(pt).toContain("Opções:");
    expect(en.match(/^ {2}--[a-z-]+/gm)).toEqual(pt.match(/^ {2}--[a-z-]+/gm));
  });

  it("tells the version", async () => {
    const manifest = JSON.parse(readFileSync(join(here, "../package.json"), "utf8")) as { version: string };
    expect(await kith(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  });
});
