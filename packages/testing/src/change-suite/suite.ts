/** The suite that every storage whose model can be changed must pass. */

import type { SuiteApi } from "../api.ts";
import { declareCases } from "../declare-cases.ts";
import { broken } from "./broken.ts";
import type { ChangeCase, ChangeUnderTest } from "./case.ts";
import { runChangeCase } from "./context.ts";
import { conversions } from "./conversions.ts";
import { counters } from "./counters.ts";
import { type Damage, damages } from "./damage.ts";
import { former } from "./former.ts";
import { lookups } from "./lookups.ts";
import { refusals } from "./refusals.ts";
import { running } from "./running.ts";
import { safe } from "./safe.ts";
import { tables } from "./tables.ts";

/** Every case but those of a storage's own damage, in the order in which they run. */
export const changeCases: readonly ChangeCase[] = [
  ...safe,
  ...former,
  ...conversions,
  ...lookups,
  ...counters,
  ...broken,
  ...refusals,
  ...tables,
  ...running,
  ...damages([]),
];

/** What the change suite is told about a storage. */
export interface ChangeSubject {
  /** Its name in the tests' names. */
  readonly name: string;
  /** An empty storage of its own for each case. It keeps its data when it is closed, and has `changes`. */
  readonly create: () => ChangeUnderTest | Promise<ChangeUnderTest>;
  /** Damage that only this storage's database can be done to, on the tables of {@link damagedModel}, beside what every database can. None unless given. */
  readonly damages?: readonly Damage[];
  /** Cases that are known to fail, by id, each with its reason. They are run all the same: one that passes is an error. None unless given. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/**
 * Proves that a storage changes its model as `Storage.changes` promises: what loses nothing is done, what needs a look is asked, what the data stand in
 * the way of is refused with the records named, and damage done by hand is found. Each case runs on an empty storage of its own. Storages that begin
 * empty each time they are opened have nothing to change; what they answer is a matter of `storageSuite`.
 *
 * @param api the test runner's `describe` and `it`
 * @throws {RangeError} when an exception names no case
 * @example
 * changeSuite({ describe, it }, {
 *   name: 'sqlite',
 *   create: () => {
 *     const folder = mkdtempSync(join(tmpdir(), 'kith-'))
 *     const file = join(folder, 'crm.db')
 *     return { storage: sqlite({ file }), direct: (sql) => runByHand(file, sql), cleanup: () => rmSync(folder, { recursive: true }) }
 *   },
 * })
 */
export function changeSuite(api: SuiteApi, { name, create, damages: own = [], exceptions = {} }: ChangeSubject): void {
  const cases = [...changeCases.filter(({ id }) => !id.startsWith("damage/")), ...damages(own)];
  declareCases(api, {
    suite: "change suite",
    title: `changes of ${name}`,
    cases,
    exceptions,
    run: (run) => runChangeCase(create, run),
  });
}
