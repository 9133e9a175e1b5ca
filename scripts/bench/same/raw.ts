/** Hand-written SQL: what every other contender is measured against. */

import type { ContenderModule } from "../lib/contender.ts";
import { openRawPg } from "./raw-pg.ts";
import { openRawSqlite } from "./raw-sqlite.ts";

export const contender: ContenderModule = {
  dbs: ["sqlite", "pg"],
  open: (context) => (context.db === "sqlite" ? openRawSqlite(context) : openRawPg(context)),
};
