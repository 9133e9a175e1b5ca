/** Opening the PostgreSQL database: one connection, as in every contender, and values as records hold them. */

import type { OpenContext } from "../lib/contender.ts";

/** `2026-01-31 09:30:00.5+00` as ISO text. */
export function instant(printed: string): string {
  const zone = printed.length - 3;
  const fraction = zone > 19 ? printed.slice(20, zone).padEnd(3, "0") : "000";
  return `${printed.slice(0, 10)}T${printed.slice(11, 19)}.${fraction}Z`;
}

const parsers: Record<number, (text: string) => unknown> = {
  20: Number,
  1082: (text) => text,
  1184: instant,
  1700: Number,
};

/** A pool of pg with one connection. */
export async function openPool({ load, url }: Pick<OpenContext, "load" | "url">): Promise<any> {
  const { default: pg } = await load("pg");
  const types = { getTypeParser: (oid: number, format: string) => parsers[oid] ?? pg.types.getTypeParser(oid, format) };
  return new pg.Pool({ connectionString: url, max: 1, types, options: "-c timezone=UTC" });
}
