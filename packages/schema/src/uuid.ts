/** The form of UUIDs. Every call with an id asks for it, so that it is a loop and not a regular expression, which is four times slower. */

const dashes = new Set([8, 13, 18, 23]);

/** What may stand in a UUID: 1 for a digit of its hexadecimal number, 2 for a dash. */
const kinds = new Uint8Array(128);
for (const digit of "0123456789abcdefABCDEF") kinds[digit.charCodeAt(0)] = 1;
kinds["-".charCodeAt(0)] = 2;
const form = Uint8Array.from({ length: 36 }, (_, i) => (dashes.has(i) ? 2 : 1));

/** True for text in the form of a UUID, in lower or upper case. */
export function isUuid(text: string): boolean {
  if (text.length !== 36) return false;
  for (let i = 0; i < 36; i++) if (kinds[text.charCodeAt(i)] !== form[i]) return false;
  return true;
}
