/** Hand-written SQL: what every other contender is measured against. */

import type { ContenderModule } from "../lib/contender.ts";
import { openRawSqlite } from "./raw-sqlite.ts";

export const contender: ContenderModule = { dbs: ["sqlite"], open: openRawSqlite };
