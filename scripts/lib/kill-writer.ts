/** The process that writes until it is killed, or its database is: see `kill.ts`. */

import { XrmError } from "@kith/core";
import { type KillPlace, writeForever } from "./kill.ts";

try {
  await writeForever(JSON.parse(process.argv[2] as string) as KillPlace);
} catch (error) {
  if (!(error instanceof XrmError && error.code === "UNREACHABLE")) throw error;
  process.exit(0);
}
