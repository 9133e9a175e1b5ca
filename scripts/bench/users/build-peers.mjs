// Generates the clients of Prisma and ZenStack, offline (no engine is downloaded).
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { LIFECYCLES, STAGES } from "./lib/gen.mjs";

const P = new URL("../.peers", import.meta.url).pathname;
const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true", CHECKPOINT_DISABLE: "1", DO_NOT_TRACK: "1" };
const models = (lite, zen) => {
  const ts = lite ? "String" : "DateTime @db.Timestamptz(6)";
  const st = lite ? "Stage" : "String",
    lc = lite ? "Lifecycle" : "String";
  const fl = "Float";
  return `
${lite ? `enum Stage {\n  ${STAGES.join("\n  ")}\n}\nenum Lifecycle {\n  ${LIFECYCLES.join("\n  ")}\n}` : ""}
model app_user {
  id Int @id @default(autoincrement())
  name String
  team_id Int
  opportunities opportunity[]
  ${zen ? "@@auth\n  @@allow('all', true)" : ""}
}
model account {
  id Int @id @default(autoincrement())
  name String
  industry String?
  country String?
  annual_revenue ${fl}?
  owner_id Int
  created_at ${ts}
  updated_at ${ts}
  opportunities opportunity[]
  contacts contact[]
  ${zen ? "@@allow('all', true)" : ""}
}
model contact {
  id Int @id @default(autoincrement())
  first_name String
  last_name String
  email String @unique ${zen ? "@email" : ""}
  phone String?
  account_id Int?
  account account? @relation(fields: [account_id], references: [id])
  lifecycle_stage ${lc}
  tags Json
  custom Json
  created_at ${ts}
  updated_at ${ts}
  opportunities opportunity[]
  ${zen ? "@@allow('all', true)" : ""}
}
model opportunity {
  id Int @id @default(autoincrement())
  name String
  account_id Int
  account account @relation(fields: [account_id], references: [id])
  contact_id Int?
  contact contact? @relation(fields: [contact_id], references: [id])
  stage ${st}
  amount ${fl}
  currency String
  probability Int
  close_date String
  owner_id Int
  owner app_user @relation(fields: [owner_id], references: [id])
  created_at ${ts}
  updated_at ${ts}
  ${zen ? "@@allow('create,delete', true)\n  @@allow('read,update', auth().id == owner_id || auth().team_id == owner.team_id)" : ""}
}
model audit_log {
  id Int @id @default(autoincrement())
  entity String
  record_id Int
  user_id Int?
  diff Json
  at ${ts}
  ${zen ? "@@allow('all', true)" : ""}
}`;
};
/** What a peer's tools have generated, in one file beside its packages. */
function bundle(peer, from, to) {
  const options = ["--bundle", "--packages=external", "--platform=node", "--format=esm"];
  execFileSync(
    path.join(P, `${peer}-tools/node_modules/.bin/esbuild`),
    [from, ...options, `--outfile=${path.join(P, peer, to)}`],
    { stdio: "ignore" },
  );
}

/** Generates a client for both databases; says whether that worked. */
export function buildPeer(which) {
  try {
    for (const db of ["sqlite", "pg"]) {
      const prov = db === "sqlite" ? "sqlite" : "postgresql";
      if (!which || which === "prisma") {
        const d = path.join(P, "prisma", `gen-${db}`);
        fs.mkdirSync(d, { recursive: true });
        const f = path.join(P, "prisma", `${db}.prisma`);
        fs.writeFileSync(
          f,
          `generator client {\n  provider = "prisma-client"\n  output = "./gen-${db}"\n  moduleFormat = "esm"\n  runtime = "nodejs"\n}\ndatasource db {\n  provider = "${prov}"\n}\n${models(db === "sqlite", false)}`,
        );
        execFileSync(path.join(P, "prisma-tools/node_modules/.bin/prisma"), ["generate", "--schema", f], {
          cwd: path.join(P, "prisma-tools"),
          env,
          stdio: "ignore",
        });
        bundle("prisma", path.join(d, "client.ts"), `client-${db}.mjs`);
      }
      if (!which || which === "zenstack") {
        const d = path.join(P, "zenstack", `gen-${db}`);
        fs.mkdirSync(d, { recursive: true });
        const f = path.join(P, "zenstack-tools", `${db}.zmodel`);
        fs.writeFileSync(
          f,
          `datasource db {\n  provider = '${prov}'\n  url = 'file:./x.db'\n}\nplugin policy {\n  provider = '@zenstackhq/plugin-policy'\n}\n${models(db === "sqlite", true)}`,
        );
        execFileSync(path.join(P, "zenstack-tools/node_modules/.bin/zen"), ["generate", "--schema", f, "-o", d], {
          cwd: path.join(P, "zenstack-tools"),
          env,
          stdio: "ignore",
        });
        bundle("zenstack", path.join(d, "schema.ts"), `schema-${db}.mjs`);
      }
    }

    return true;
  } catch (error) {
    console.error(String(error));
    return false;
  }
}
