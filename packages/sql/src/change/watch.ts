/** Noticing, in a running process, that another one has changed the database to another model. */

import { type Logger, type MaybePromise, type Model, XrmError } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { chain } from "../maybe.ts";
import { metaFormat, metaTable } from "../names.ts";
import { isExtended } from "./compatible.ts";
import { parsed } from "./state.ts";

/** The longest that writes go on unknowing, in milliseconds. */
const interval = 1_000;

/**
 * Asked before writes, it looks into the database once a second at most. From the moment it sees another model every write is refused: this process's
 * statements and rules are those of a model that is no more. Reads go on as long as their tables are there. A model that only adds what a record can do
 * without is no other model in that sense, so that programs can be replaced one after another.
 */
export class ModelWatch {
  readonly #model: Model;
  readonly #logger: Logger | undefined;
  readonly #statement: Statement;
  /** The whole model; asked for when its hash is another one. */
  readonly #whole: Statement;
  #looked = performance.now();
  #changed: XrmError | undefined;
  /** The hash of a model under which this process may go on. */
  #good: string;

  constructor(context: SqlContext, model: Model, logger: Logger | undefined) {
    this.#model = model;
    this.#good = model.hash;
    this.#logger = logger;
    const table = sql.table(context.at(context.own(metaTable)));
    const asking = (keys: readonly string[]) =>
      new Statement(
        sql`select "key", "value" from ${table} where "key" in (${sql.join(keys.map((key) => sql.lit(key)))})`.compile(
          context.db,
        ).sql,
      );
    this.#statement = asking(["hash", "version"]);
    this.#whole = asking(["hash", "version", "model", "format"]);
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
      if (metaOf(rows).get("hash") === this.#good) return undefined;
      return chain(session.all(this.#whole, []), (all) => this.#compare(metaOf(all)));
    });
  }

  #compare(meta: ReadonlyMap<string, string>): void {
    const hash = meta.get("hash");
    const stored = Number(meta.get("version"));
    const { version } = this.#model;
    const known = hash !== undefined && meta.get("format") === `${metaFormat}` && stored >= version;
    if (known && (hash === this.#model.hash || isExtended(this.#model, parsed(meta.get("model"))))) {
      this.#good = hash;
      return;
    }
    this.#changed = changedError(stored, version);
    try {
      this.#logger?.error(this.#changed.message, this.#changed);
    } catch {
      // A logger that fails must not stand in the place of what it was to tell.
    }
    throw this.#changed;
  }
}

const metaOf = (rows: readonly (readonly unknown[])[]) => new Map(rows.map((row) => [String(row[0]), String(row[1])]));

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
