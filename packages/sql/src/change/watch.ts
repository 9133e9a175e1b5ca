/** Noticing, in a running process, that another one has changed the database to another model. */

import { type Logger, type MaybePromise, type Model, XrmError } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { chain } from "../maybe.ts";
import { metaTable } from "../names.ts";

/** The longest that writes go on unknowing, in milliseconds. */
const interval = 1_000;

/**
 * Asked before writes, it looks into the database once a second at most. From the moment it sees another model every write is refused: this process's
 * statements and rules are those of a model that is no more. Reads go on as long as their tables are there.
 */
export class ModelWatch {
  readonly #model: Model;
  readonly #logger: Logger | undefined;
  readonly #statement: Statement;
  #looked = performance.now();
  #changed: XrmError | undefined;

  constructor(context: SqlContext, model: Model, logger: Logger | undefined) {
    this.#model = model;
    this.#logger = logger;
    const table = sql.table(context.at(context.own(metaTable)));
    const query = sql`select "key", "value" from ${table} where "key" = ${sql.lit("hash")} or "key" = ${sql.lit("version")}`;
    this.#statement = new Statement(query.compile(context.db).sql);
  }

  /** A look is due, or would only find what is known. */
  get due(): boolean {
    return this.#changed !== undefined || performance.now() - this.#looked > interval;
  }

  /** Something is not as the model has it: the next write looks. */
  suspect(): void {
    this.#looked = Number.NEGATIVE_INFINITY;
  }

  /**
   * Looks.
   *
   * @throws {XrmError} MODEL_OLDER, MODEL_CHANGED
   */
  look(session: SqlSession): MaybePromise<void> {
    if (this.#changed) throw this.#changed;
    this.#looked = performance.now();
    return chain(session.all(this.#statement, []), (rows) => {
      const meta = new Map(rows.map((row) => [String(row[0]), String(row[1])]));
      const { hash, version } = this.#model;
      if (meta.get("hash") === hash) return;
      this.#changed = changedError(Number(meta.get("version")), version);
      this.#logger?.error(this.#changed.message, this.#changed);
      throw this.#changed;
    });
  }
}

function changedError(stored: number, version: number): XrmError {
  const newer = stored > version;
  const what = newer
    ? `version ${stored} of the model, this process has version ${version}`
    : "another model than this process has";
  return new XrmError(
    newer ? "MODEL_OLDER" : "MODEL_CHANGED",
    `The database was changed to ${what}, so that it may not write any more; restart it with the program of that model.`,
    { params: { stored, given: version } },
  );
}
