/** Text as every storage must see it: one folding, one order, and what no text may hold. */

const ascii = /^\p{ASCII}*$/u;
// Diacritics of the Latin, Greek and Cyrillic scripts; vowel signs of other scripts are letters, and stay.
const accents = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

/**
 * Folds text for comparison: accents and case removed, NFC. Done here alone, since databases disagree with each other and with JavaScript.
 *
 * @example fold('João') // 'joao'
 */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  const bare = text.normalize("NFD").replace(accents, "");
  // By way of upper case, so that ß (and ẞ, which is upper case already) meets SS; then lower, and the two forms of sigma become one.
  return bare
    .toLowerCase()
    .toUpperCase()
    .normalize("NFD")
    .replace(accents, "")
    .toLowerCase()
    .replaceAll("ς", "σ")
    .normalize("NFC");
}

/** Compares by code point, as SQLite's BINARY and PostgreSQL's "C" collation do; `<` on strings compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** False for text with NUL or a lone surrogate, which databases refuse or change. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** The number of code points: what `max` counts, as JSON Schema and PostgreSQL do. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}
