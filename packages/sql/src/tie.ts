/** What ties the rows of an include to the records that include them. */

import type { FieldModel, IncludePlan } from "@kith/core";
import { sql } from "kysely";
import { lookupColumn } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { Marker, Operand } from "./parameters.ts";
import { type Select, Source } from "./source.ts";
import { Aliases, always, ref } from "./sql.ts";

/** The alias of the parents' ids, or of pairs of parents and targets. */
export const pair = "pair";
/** The parent's id, where a statement lists parents or pairs. */
export const parentRef = ref(pair, "parent");

/** What ties the rows of an include to their parents. */
export interface Tie {
  readonly source: Source;
  /** The parent's id of a row. */
  readonly key: Sql;
  /** Under which the key is kept among the columns: a column's own name, so that it is selected once. */
  readonly name: string;
  /** All rows of all parents: where they come from, and which they are. */
  readonly from: () => Select;
  readonly where: Sql;
  /** The lookup that ties children to their parents. */
  readonly via?: FieldModel;
  /** Whether a row of a table is one of the parent at {@link parentRef}. */
  readonly within: (source: Source) => Sql;
}

/** What ties an include's rows. */
export function tieOf(context: SqlContext, include: IncludePlan): Tie {
  const { relation } = include.field;
  const source = new Source(context, include.plan.entity, new Aliases());
  const from = () => source.from();
  if (relation?.type === "link") return linkTie(context, source, relation);
  const via = relation?.type === "children" ? { via: relation.via } : {};
  const column = via.via ? lookupColumn(via.via) : "id";
  const key = ref(source.alias, column);
  const within = ({ alias }: Source) => sql`${ref(alias, column)} = ${parentRef}`;
  return { source, key, name: `${source.alias}.${column}`, where: amongParents(context, key), from, within, ...via };
}

type Link = Extract<IncludePlan["field"]["relation"], { type: "link" }>;

function linkTie(context: SqlContext, source: Source, relation: Link): Tie {
  const ends = (link: Source) => ({
    from: ref(link.alias, lookupColumn(relation.from)),
    into: ref(link.alias, lookupColumn(relation.into)),
  });
  // Each pair once, however many records tie it.
  const pairs = () => {
    const link = source.inner(relation.through);
    const { from, into } = ends(link);
    return link
      .from()
      .select([sql`${from}`.as("parent"), sql`${into}`.as("target")] as never)
      .distinct()
      .where(sql`${amongParents(context, from)} and ${into} is not null` as never)
      .as(pair);
  };
  const from = () =>
    context.db
      .selectFrom(pairs() as never)
      .innerJoin(source.table as never, (join: any) =>
        join.on(sql`${ref(source.alias, "id")} = ${ref(pair, "target")}`),
      ) as never;
  const within = (target: Source) => {
    const link = target.inner(relation.through);
    const { from, into } = ends(link);
    const targets = link
      .from()
      .select(into as never)
      .where(sql`${from} = ${parentRef}` as never);
    return sql`${ref(target.alias, "id")} in ${targets}`;
  };
  return { source, key: parentRef, name: `${pair}.parent`, where: always, from, within };
}

/** The ids of the rows that the statement before found, as one parameter. */
export function parentsMarker({ dialect }: SqlContext): Marker {
  const operand = new Operand(-1, (ids) => [ids]);
  return new Marker(operand, 0, (ids: readonly string[]) => dialect.bindList(ids, "uuid"));
}

function amongParents(context: SqlContext, key: Sql): Sql {
  return context.dialect.among(key, parentsMarker(context), "uuid");
}
