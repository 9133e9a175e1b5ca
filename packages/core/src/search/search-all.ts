/** Search across entities: each entity's best finds, put in one order. */

import { describe, readSearch, type SearchWord } from "@kith/schema";
import { readControl } from "../context/control.ts";
import { SessionOperands } from "../context/operands.ts";
import { guard } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { ready } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { EntityModel } from "../model/model.ts";
import { onlyKeys, wholeNumber } from "../options.ts";
import { queryKeys } from "../query/run.ts";
import type { RunOptions } from "../repository/xrm-types.ts";
import { searchRank } from "./search-model.ts";
import type { SearchHit, SearchOptions } from "./search-types.ts";

/** The keys of {@link SearchOptions}. */
export const searchKeys = ["entities", "limit"] as const;

/** The most finds that can be asked for. */
const mostHits = 1_000;
const defaultHits = 20;

/** The best finds among the records of several entities. */
export async function searchAll(
  session: Session,
  text: string,
  options: SearchOptions = {},
  run?: RunOptions,
): Promise<SearchHit[]> {
  const { system, scope } = session;
  onlyKeys("search", options, searchKeys);
  const control =
    run === undefined && system.queryTimeoutMs === undefined
      ? undefined
      : readControl("search", run, system.queryTimeoutMs);
  if (!scope) system.assertOpen();
  guard(system, scope);
  const limit = wholeNumber("search", "limit", options.limit, { min: 1, max: mostHits, default: defaultHits });
  const operands = new SessionOperands(session);
  const hits: SearchHit[] = [];
  for (const entity of readEntities(session, options.entities)) {
    if (scope) await ready(session, control);
    const query = { search: text, limit };
    const found = await system.queries.read(entity, query, { keys: queryKeys.many }, operands, scope?.tx, control);
    const words = readSearch(text) as readonly SearchWord[];
    found.rows.forEach((record, i) => {
      hits.push({
        entity: entity.name,
        id: record["id"] as string,
        title: titleOf(entity, record),
        rank: searchRank(found.points?.[i] ?? 0, words),
        record,
      });
    });
  }
  // Sorting is stable: what is equally good stays in the order of entities, and within one in the order of creation.
  return hits.sort((a, b) => b.rank - a.rank).slice(0, limit);
}

function readEntities({ system }: Session, given: unknown): EntityModel[] {
  const { model } = system;
  const searchable = [...model.entities.values()].filter((entity) => entity.search);
  if (given === undefined) {
    if (searchable.length > 0) return searchable;
    throw new XrmError("INVALID_QUERY", "search: no entity of the model has a field that says searchable: true.");
  }
  if (!Array.isArray(given) || given.length === 0) {
    const message = `search: entities must be a list of names, not ${describe(given)}; leave it out for all.`;
    throw new XrmError("INVALID_OPTIONS", message, { params: { option: "entities" } });
  }
  return [...new Set(given as string[])].map((name) => {
    const entity = model.entities.get(name);
    if (entity?.search) return entity;
    const known = searchable.map((one) => one.name).join(", ") || "none";
    if (entity) {
      const message = `search: '${name}' has no field that says searchable: true; entities that have are ${known}.`;
      throw new XrmError("INVALID_QUERY", message, { entity: name });
    }
    throw new XrmError("UNKNOWN_ENTITY", `search: the model has no entity ${describe(name)}; it can search ${known}.`, {
      params: { entity: name },
    });
  });
}

/** What people know a record by; null when its entity has no title, or the record none. */
function titleOf({ title }: EntityModel, record: Readonly<Record<string, unknown>>): string | null {
  const value = title && record[title.name];
  return value === null || value === undefined ? null : String(value);
}
