/** Opens a database that many open at once, writes one record, and closes it: `open-first.ts FILE NAME`. */

import { createXrm } from "@kith/core";
import { sqlite } from "../../src/index.ts";
import { type Entities, model } from "../fixture.ts";

const [file, name] = process.argv.slice(2) as [string, string];
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();
const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
await xrm.account.create({ name });
await xrm.close();
