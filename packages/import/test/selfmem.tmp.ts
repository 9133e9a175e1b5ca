import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { importRecords } from "@kith/import";
import { sqlite } from "@kith/sqlite";
import { rmSync } from "node:fs";
const c = defineEntity("c", { title: "name", fields: { name: field.text({ required: true, unique: true }), parent: field.lookup("c") } });
const model = defineModel({ entities: [c] });
rmSync("/tmp/self.db", { force: true });
const xrm = await createXrm<any>({ model, storage: sqlite({ file: "/tmp/self.db", synchronous: "normal" } as any) });
const n = 600_000;
const parent = process.argv[2] === "parent";
async function* rows() { for (let i = 0; i < n; i++) yield JSON.stringify(parent ? { name: `c${i}`, parent: `c${(i * 7919) % n}` } : { name: `c${i}` }) + "\n"; }
let next = 0;
const r = await importRecords(xrm, { entity: "c", source: rows() as any, format: "jsonl", onProgress: (p: any) => { if (p.phase === "lookups" ? p.rows === n && false : p.rows >= next) { next += 100_000; const before = process.memoryUsage(); (globalThis as any).gc?.(); const m = process.memoryUsage(); console.log(p.phase, p.rows, "rss", Math.round(m.rss / 1048576), "heapUsed", (m.heapUsed / 1048576).toFixed(1), "before gc", (before.heapUsed / 1048576).toFixed(1), "heapTotal", Math.round(m.heapTotal / 1048576), "ext", (m.external / 1048576).toFixed(1), "ab", (m.arrayBuffers / 1048576).toFixed(1)); } } } as any);
console.log(r.created, r.rowsPerSecond, Math.round(process.memoryUsage().rss / 1048576));
await xrm.close();
