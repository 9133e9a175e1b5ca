/** Holds the write lock of a database until its input ends: `hold-lock.ts FILE`. */

import Database from "better-sqlite3";

const [file] = process.argv.slice(2) as [string];
const db = new Database(file);
db.exec("begin immediate");
process.stdout.write("locked\n");
process.stdin.resume().on("end", () => {
  db.exec("commit");
  db.close();
});
