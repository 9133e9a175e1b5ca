/** Values that look like what people enter; proofs use the ones at the edges instead. */

import type { ValueMaker } from "../random/values.ts";

const names = [
  "Amber",
  "Basel",
  "Córdoba",
  "Delta",
  "Évora",
  "Forge",
  "Harbor",
  "Juniper",
  "Kraków",
  "Lumen",
  "Nordic",
  "Prado",
  "Quartz",
  "Sol",
];
const kinds = ["Holding", "Works", "Partners", "Trading", "Labs", "Group", "Foods", "Studio"];

const name: ValueMaker = (random) => `${random.pick(names)} ${random.pick(kinds)}`;
const two = (n: number) => String(n).padStart(2, "0");
const day: ValueMaker = (random) => `20${two(random.int(10, 29))}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
const time: ValueMaker = (random) => `${two(random.int(0, 23))}:${two(random.int(0, 59))}:00`;
const amount: ValueMaker = (random, { scale = 2 }) =>
  scale === 0
    ? String(random.int(1, 50_000))
    : `${random.int(1, 50_000)}.${String(random.int(0, 9)).padEnd(Number(scale), "0")}`;

/** How the built-in kinds are made for factories. Kinds that are not here are made as for proofs. */
export const plainMakers: Readonly<Record<string, ValueMaker>> = {
  text: name,
  longText: (random) => `${random.times(random.int(3, 8), () => random.pick(names).toLowerCase()).join(" ")}.`,
  email: (random) => `${random.pick(["ana", "bruno", "carla", "dora"])}.${random.int(1, 99_999)}@example.com`,
  phone: (random) => `+5511${random.int(900_000_000, 999_999_999)}`,
  url: (random) => `https://example.com/${random.int(1, 99_999)}`,
  integer: (random) => random.int(1, 1_000),
  number: (random) => random.int(1, 100_000) / 100,
  percent: (random) => random.int(0, 20) * 5,
  decimal: amount,
  money: amount,
  date: day,
  datetime: (random, def) => `${String(day(random, def))}T${String(time(random, def))}.000Z`,
  time,
  tags: (random) => random.some(["new", "vip", "north", "south", "partner"], random.int(0, 3)),
  user: (random) => `user-${random.int(1, 20)}`,
};
