/** Many clients move money between the same few records at once; what is left must add up, and every error must be one that callers can act on. */

import {
  createXrm,
  defineEntity,
  defineModel,
  type EntitiesOf,
  field,
  type Storage,
  type Xrm,
  XrmError,
} from "@kith/core";

const account = defineEntity("account", {
  fields: { name: field.text({ required: true }), balance: field.money({ required: true, currency: "EUR" }) },
});
const transfer = defineEntity("transfer", {
  fields: {
    from: field.lookup("account", { required: true }),
    to: field.lookup("account", { required: true }),
    amount: field.money({ required: true, currency: "EUR" }),
  },
});
const model = defineModel({ entities: [account, transfer] });
interface Entities extends EntitiesOf<typeof model> {}
type System = Xrm<Entities>;

/** What a run is given. */
export interface TransferOptions {
  readonly storage: Storage;
  readonly clients: number;
  readonly seconds: number;
  readonly accounts?: number;
  /** Is called every so often, to break connections or worse. */
  readonly disturb?: () => Promise<void>;
}

/** What a run found. */
export interface TransferReport {
  readonly moved: number;
  /** How often a move failed, by code. */
  readonly errors: ReadonlyMap<string, number>;
  /** What is wrong; empty when all is well. */
  readonly problems: readonly string[];
}

const start = 1_000_00;
/** What a caller can meet here and does something about: it tries again, or looks first. */
const expected: ReadonlySet<string> = new Set(["CONFLICT", "TX_CONFLICT", "BUSY", "TX_TIMEOUT", "UNREACHABLE"]);

const cents = (text: string) => Math.round(Number(text) * 100);
const text = (amount: number) => (amount / 100).toFixed(2);

/** Half of the moves lock the records, the others trust `ifVersion`. One that fails is left, and the next one made. */
export async function moveMoney(options: TransferOptions): Promise<TransferReport> {
  const { storage, clients, seconds, accounts = 12, disturb } = options;
  const xrm = await createXrm<Entities>({ model, storage, waitMs: 5_000 });
  const made = await xrm.account.createMany(
    Array.from({ length: accounts }, (_, i) => ({ name: `account ${i}`, balance: text(start) })),
  );
  const ids = made.map(({ id }) => id);
  const errors = new Map<string, number>();
  const problems: string[] = [];
  let moved = 0;
  const until = performance.now() + seconds * 1_000;
  const pick = () => ids[Math.floor(Math.random() * ids.length)] as string;
  const client = async () => {
    while (performance.now() < until) {
      const [from, to] = [pick(), pick()];
      if (from === to) continue;
      const move = moveOf(from, to, 1 + Math.floor(Math.random() * 500));
      const locks = Math.random() < 0.5;
      try {
        await xrm.transaction((tx) => (locks ? withLocks : withVersions)(tx, move));
        moved++;
      } catch (error) {
        const code = error instanceof XrmError ? error.code : `unclassified: ${String(error)}`;
        errors.set(code, (errors.get(code) ?? 0) + 1);
        if (!expected.has(code)) problems.push(`an error that nobody can act on: ${code} ${String(error)}`);
      }
    }
  };
  const disturbing = disturb && setInterval(() => void disturb().catch(() => undefined), 700);
  await Promise.all(Array.from({ length: clients }, client));
  clearInterval(disturbing);
  problems.push(...(await lookOver(xrm, accounts)));
  await xrm.close();
  return { moved, errors, problems: problems.slice(0, 10) };
}

/** Both records, locked one after the other; those who agree on an order never wait for each other. */
async function withLocks(tx: System, move: Move): Promise<void> {
  for (const [id, change] of move.changes) {
    const { balance } = await tx.account.get(id, { lock: true });
    await tx.account.update(id, { balance: text(cents(balance) + change) });
  }
  await tx.transfer.create(move.transfer);
}

async function withVersions(tx: System, move: Move): Promise<void> {
  for (const [id, change] of move.changes) {
    const { balance, version } = await tx.account.get(id);
    await tx.account.update(id, { balance: text(cents(balance) + change) }, { ifVersion: version });
  }
  await tx.transfer.create(move.transfer);
}

interface Move {
  readonly changes: readonly (readonly [id: string, cents: number])[];
  readonly transfer: { readonly from: string; readonly to: string; readonly amount: string };
}

/** Nine of ten keep to the order of ids; the tenth does not, and may meet another one head on. */
function moveOf(from: string, to: string, amount: number): Move {
  const changes = [[from, -amount] as const, [to, amount] as const];
  if (Math.random() < 0.9) changes.sort(([a], [b]) => (a < b ? -1 : 1));
  return { changes, transfer: { from, to, amount: text(amount) } };
}

/** Each balance is what the transfers that were kept make of it, each version counts them, and the whole is what it was. */
async function lookOver(xrm: System, accounts: number): Promise<string[]> {
  const problems: string[] = [];
  const balances = new Map<string, number>();
  const moves = new Map<string, number>();
  for (const { from, to, amount } of await xrm.transfer.findMany()) {
    balances.set(from, (balances.get(from) ?? start) - cents(amount));
    balances.set(to, (balances.get(to) ?? start) + cents(amount));
    for (const id of [from, to]) moves.set(id, (moves.get(id) ?? 0) + 1);
  }
  let total = 0;
  for (const { id, name, balance, version } of await xrm.account.findMany()) {
    total += cents(balance);
    const should = balances.get(id) ?? start;
    if (cents(balance) !== should) problems.push(`${name} has ${balance}, and its transfers make ${text(should)}`);
    const count = (moves.get(id) ?? 0) + 1;
    if (version !== count) problems.push(`${name} has version ${version} after ${count - 1} transfers`);
  }
  if (total !== accounts * start) problems.push(`all together have ${text(total)}, not ${text(accounts * start)}`);
  return problems;
}
