/** Writes records and reports each acknowledgement, until it is killed: `write-and-wait.ts FILE [transaction]`. */

import { createXrm } from "@kith/core";
import { sqlite } from "../../src/index.ts";
import { type Entities, model } from "../fixture.ts";

const [file, mode] = process.argv.slice(2) as [string, string | undefined];
const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
const say = (text: string) => process.stdout.write(`${text}\n`);
if (mode === "transaction") {
  await xrm.transaction(async (tx) => {
    for (let i = 0; i < 5; i++) await tx.account.create({ name: `unfinished ${i}` });
    say("inside");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
} else {
  for (let i = 0; ; i++) {
    const { id } = await xrm.account.create({ name: `acknowledged ${i}` });
    say(`done ${id}`);
  }
}
