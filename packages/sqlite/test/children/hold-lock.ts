/** Holds the write lock of a database for a while: `hold-lock.ts FILE MILLISECONDS`. */

import Database from "better-sqlite3";

const [file, ms] = process.argv.slice(2) as [string, string];
const db = new Database(file);
db.exec("begin immediate");
process.stdout.write("locked\n");
setTimeout(() => {
  db.exec("commit");
  db.close();
}, Number(ms));
