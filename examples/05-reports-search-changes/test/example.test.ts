// The example as a newcomer sees it, in both languages.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const example = join(import.meta.dirname, "..");

function run(LANG: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@kith/source", "src/main.ts"], {
    cwd: example,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LANG },
  });
  return { status, stderr, lines: stdout.replaceAll("\u00a0", " ").trimEnd().split("\n") };
}

test("searches, reports, changes the model and restores", () => {
  const { status, stderr, lines } = run("C.UTF-8");
  expect([status, stderr]).toEqual([0, ""]);
  expect(lines).toEqual([
    'Search for "joao": contact "João da Silva", activity "Call"',
    '  Visit, PT2H: account "Acme São Paulo"',
    '  Offer, PT45M: deal "Anvils"',
    '  Call, PT20M: contact "João da Silva" (Acme São Paulo)',
    "Won, by quarter of the fiscal year:",
    "  FY2026-Q4: 2 deals, R$2,001.10",
    "  FY2027-Q1: 1 deal, R$1,650.00",
    "What the second release needs of the database:",
    "  safe        field.rename:account.employees",
    "  confirm     field.convert:account.employees",
    "  safe        field.retire:account.fax",
    "  destructive field.drop:account.fax",
    "  safe        field.add:deal.channel",
    "Nobody said yes to: field.drop:account.fax",
    'Restored from the backup; activities with "anvil": 1',
  ]);
});

test("speaks Portuguese", () => {
  const { status, lines } = run("pt_BR.UTF-8");
  expect(status).toBe(0);
  expect(lines).toContain('Busca por "joao": contato "João da Silva", atividade "Call"');
  expect(lines).toContain("  FY2026-Q4: 2 negócios, R$ 2.001,10");
});
