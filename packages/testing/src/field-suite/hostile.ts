/** Values that callers may send and no type may choke on. */

/** Hostile values, made anew for each use. */
export function hostileValues(): unknown[] {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic["self"] = cyclic;
  let deep: unknown = 1;
  for (let i = 0; i < 500; i++) deep = [deep];
  class Custom {
    value = 1;
  }
  return [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -0,
    2 ** 53,
    5e-324,
    1.5,
    true,
    false,
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udc00a",
    "x".repeat(300),
    "9".repeat(5_000),
    "12.5",
    "-0",
    "1e3",
    "2026-02-30",
    "2026-13-01",
    "0000-01-01",
    "10000-01-01",
    "2026-01-31T25:00:00Z",
    "javascript:alert(1)",
    "constructor",
    "__proto__",
    Symbol("hostile"),
    10n,
    () => 1,
    new Date(0),
    new Map([["a", 1]]),
    new Set([1]),
    new Custom(),
    Object.create(null),
    JSON.parse('{"__proto__": {"polluted": true}}'),
    cyclic,
    deep,
    [],
    [null],
    [undefined],
    ["a", ["b"]],
    new Array(3),
    {},
    { a: undefined },
    { toString: () => "text" },
    { valueOf: () => 1 },
    Object.defineProperty({}, "a", { enumerable: true, get: () => 1 }),
  ];
}
