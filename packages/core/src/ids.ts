/** Making record ids: UUIDs of version 7 (RFC 9562), which grow, so that new records stand together at an index's end. */

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Random bytes, fetched for many ids at once: asking for each would cost more than the rest of making it. */
const pool = new Uint8Array(8_190);
let taken = pool.length;

/** The millisecond of the last id, its first twelve digits, and the counter that orders the ids of one millisecond. */
let last = Number.NEGATIVE_INFINITY;
let time = "";
let counter = 0;

/**
 * A new id, greater than every one before it in this process, also when the clock stands still or is set back.
 *
 * @example newRecordId() // '019a1b2c-3d4e-7f50-8a61-b2c3d4e5f607'
 */
export function newRecordId(now: number = Date.now()): string {
  if (taken + 10 > pool.length) {
    crypto.getRandomValues(pool);
    taken = 0;
  }
  const at = taken;
  taken += 10;
  const byte = (i: number) => pool[at + i] as number;
  counter++;
  if (now > last || counter > 0x3fff_ffff) {
    setTime(now > last ? now : last + 1);
    // A random start, with room to count on.
    counter = ((byte(6) << 21) | (byte(7) << 13) | (byte(8) << 5) | (byte(9) >> 3)) & 0x1fff_ffff;
  }
  // The counter's 30 bits stand behind the version (12 of them) and the variant; 44 random bits end the id.
  const high = counter >>> 18;
  const six = hex[0x70 | (high >>> 8)];
  const eight = hex[0x80 | ((counter >>> 12) & 0x3f)];
  const ten = hex[((counter & 0xf) << 4) | (byte(0) & 0xf)];
  const end = `${hex[byte(1)]}${hex[byte(2)]}${hex[byte(3)]}${hex[byte(4)]}${hex[byte(5)]}`;
  return `${time}-${six}${hex[high & 0xff]}-${eight}${hex[(counter >>> 4) & 0xff]}-${ten}${end}`;
}

function setTime(ms: number): void {
  last = ms;
  const digits = ms.toString(16).padStart(12, "0");
  time = `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
