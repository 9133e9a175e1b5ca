/** Databases whose model changes, at once or in phases: the change suite on both. */

import { type ChangeUnderTest, changeSuite, type Damage } from "@kith/testing";
import { describe, it } from "vitest";
import { direct, temporary } from "./fixture.ts";

const damages: readonly Damage[] = [
  { kind: "column.type", name: "size", harm: "alter table deal alter column size type int" },
  {
    kind: "column.type",
    name: "old",
    harm: `alter table account alter column old type text collate "default"`,
  },
  {
    kind: "column.nullable",
    name: "created_at",
    harm: "alter table deal alter column created_at drop not null",
  },
  { kind: "column.default", name: "on", harm: `alter table deal alter column "on" set default '2026-01-01'` },
  { kind: "key.missing", name: "id", harm: "alter table deal drop constraint deal_pkey" },
  {
    kind: "reference.missing",
    name: "account",
    harm: "alter table deal drop constraint kith_fk_deal__account",
  },
  {
    kind: "reference.extra",
    name: "account",
    harm: "alter table deal add foreign key (account) references account (id) on delete cascade",
  },
  {
    kind: "check.missing",
    name: "kith_check_deal__sized",
    harm: "alter table deal drop constraint kith_check_deal__sized",
  },
  {
    kind: "check.changed",
    name: "kith_check_deal__sized",
    harm: `alter table deal drop constraint kith_check_deal__sized;
      alter table deal add constraint kith_check_deal__sized check (size >= -9) not valid`,
  },
  {
    kind: "trigger.extra",
    name: "watch",
    harm: "create trigger watch before update on deal for each row execute function suppress_redundant_updates_trigger()",
  },
];

/** Declares the change suite; tables of so many bytes and more are changed in phases, the large ones unless given. */
export function changeSuiteWith(name: string, phasesFrom?: number): void {
  const create = (): ChangeUnderTest => {
    const { schema, storage, cleanup } = temporary({}, phasesFrom);
    return { storage, cleanup, direct: (sql) => direct(sql, [], schema) };
  };
  changeSuite({ describe, it }, { name, create, damages });
}
