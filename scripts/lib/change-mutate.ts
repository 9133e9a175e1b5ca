/** Random changes of a random model. */

import { type EntitySpec, type FieldSpec, targetsOf, type World } from "./change-world.ts";

/** A source of numbers that a seed decides. */
export type Dice = (below: number) => number;

/** The dice of a seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const words = [
  "12",
  " 7 ",
  "-3",
  "4.50",
  "0.125",
  "true",
  "false",
  "open",
  "won",
  "Ação",
  "acao",
  "x",
  "Y",
  "2026-03-04",
  "long text of many letters",
];
const days = ["2024-02-29", "2026-11-22", "1999-12-31"];

/** Kinds that can have no default here. */
const bare = ["lookup", "either", "address", "geo"] as const;
const isBare = (kind: FieldSpec["kind"]) => (bare as readonly string[]).includes(kind);

/** A value of a field; `idsOf` gives the ids of an entity's records. */
export function randomValue(
  spec: FieldSpec,
  dice: Dice,
  idsOf: (entity: string) => readonly string[] = () => [],
): unknown {
  const pick = <T>(list: readonly T[]) => list[dice(list.length)] as T;
  switch (spec.kind) {
    case "text":
    case "longText":
      return spec.unique
        ? `${pick(words)}${dice(1e6)}`.slice(0, spec.max ?? 255)
        : [...pick(words)].slice(0, spec.max ?? 255).join("");
    case "integer":
      return spec.unique ? dice(1e9) : dice(12) - 2;
    case "decimal":
      return `${dice(50) - 10}.${String(dice(1000))
        .padStart(3, "0")
        .slice(0, spec.scale ?? 2)}`.replace(/\.$/, "");
    case "boolean":
      return dice(2) === 0;
    case "date":
      return pick(days);
    case "datetime":
      return `${pick(days)}T0${dice(10)}:00:00.000Z`;
    case "choice":
      return pick(spec.values as readonly string[]);
    case "lookup":
    case "either": {
      const entity = pick(targetsOf(spec));
      const ids = idsOf(entity);
      const id = ids.length > 0 ? pick(ids) : null;
      return id === null || spec.kind === "lookup" ? id : { entity, id };
    }
    case "address":
      return {
        ...(dice(3) > 0 ? { city: pick(words) } : {}),
        ...(dice(2) > 0 ? { street: "Rua 1" } : {}),
        country: "BR",
      };
    case "geo":
      return { lat: dice(180) - 90, lng: (dice(3_600) - 1_800) / 10 };
  }
}

let names = 0;
const freshName = (stem: string) => `${stem}${++names}`;

/** Kinds that values can be converted between. */
const conversions: readonly FieldSpec["kind"][] = [
  "text",
  "longText",
  "integer",
  "decimal",
  "boolean",
  "date",
  "datetime",
  "choice",
];
/** Kinds of new fields; text is the likeliest. */
const kinds: readonly FieldSpec["kind"][] = ["text", ...conversions, ...bare];

/** A new field. */
export function randomField(dice: Dice, world: World): FieldSpec {
  const kind = kinds[dice(kinds.length)] as FieldSpec["kind"];
  if (kind === "lookup") return { kind, to: [...world.keys()][dice(world.size)] as string };
  if (kind === "either") return { kind, among: several(dice, world) };
  if (isBare(kind)) return { kind };
  const base: FieldSpec = {
    kind,
    ...(kind === "choice" ? { values: ["open", "won", "lost"] } : {}),
    ...(kind === "decimal" ? { scale: dice(4) } : {}),
  };
  const indexable = kind !== "longText" && kind !== "choice";
  return {
    ...base,
    ...(dice(4) === 0 && indexable ? { indexed: true } : {}),
    ...(dice(6) === 0 && kind === "text" ? { searchable: true } : {}),
    ...(dice(3) === 0 ? { required: true, default: randomValue(base, dice) } : {}),
  };
}

/** Two entities or more. */
function several(dice: Dice, world: World): readonly string[] {
  const names = [...world.keys()];
  const without = names.length > 2 ? dice(names.length + 1) : names.length;
  return names.filter((_, i) => i !== without);
}

/** A field that leads to others than before, to fewer or to more. */
function ledElsewhere({ was: _, ...spec }: FieldSpec, dice: Dice, world: World): FieldSpec {
  const { to: _t, among: _a, ...rest } = spec;
  if (spec.kind === "lookup" || dice(2) === 0) return { ...rest, kind: "either", among: several(dice, world) };
  const targets = targetsOf(spec);
  return { ...rest, kind: "lookup", to: targets[dice(targets.length)] as string };
}

/** The world with one thing changed. */
export function mutate(world: World, dice: Dice, removed: Map<string, Map<string, FieldSpec>>): World {
  const next = new Map(world);
  const name = [...world.keys()][dice(world.size)] as string;
  const entity = world.get(name) as EntitySpec;
  const fields = new Map(entity.fields);
  const put = (more: Partial<EntitySpec> = {}) => next.set(name, { ...entity, ...more, fields });
  const key = [...fields.keys()][dice(Math.max(1, fields.size))];
  const spec = key === undefined ? undefined : fields.get(key);
  const action = dice(12);
  if (action === 0 && world.size < 4) {
    next.set(freshName("entity"), { fields: new Map([[freshName("f"), randomField(dice, world)]]) });
    return next;
  }
  if (action === 1) {
    const renamed = freshName("entity");
    next.delete(name);
    next.set(renamed, { ...entity, was: name });
    removed.set(renamed, removed.get(name) ?? new Map());
    return new Map([...next].map(([one, other]) => [one, { ...other, fields: retarget(other.fields, name, renamed) }]));
  }
  if (action <= 3 || spec === undefined || key === undefined) {
    fields.set(freshName("f"), randomField(dice, world));
    put();
    return next;
  }
  const { was: _, wasValues: _v, ...plain } = spec;
  if (action === 4 && entity.least?.field !== key) {
    fields.delete(key);
    removed.set(name, new Map([...(removed.get(name) ?? []), [key, plain]]));
  } else if (action === 5) {
    const back = [...(removed.get(name) ?? [])].find(
      ([old, one]) => !fields.has(old) && targetsOf(one).every((target) => world.has(target)),
    );
    if (!back) return next;
    fields.set(...back);
    removed.get(name)?.delete(back[0]);
  } else if (action === 6 && entity.least?.field !== key) {
    fields.delete(key);
    fields.set(freshName("f"), { ...plain, was: key });
  } else if (action === 7 && (plain.kind === "lookup" || plain.kind === "either")) {
    fields.set(key, ledElsewhere(plain, dice, world));
  } else if (action === 7 && !isBare(plain.kind) && entity.least?.field !== key) {
    const kind = conversions[dice(conversions.length)] as FieldSpec["kind"];
    fields.set(key, {
      kind,
      ...(kind === "choice" ? { values: ["open", "won", "lost"] } : {}),
      ...(kind === "decimal" ? { scale: dice(4) } : {}),
    });
  } else if (action === 8)
    fields.set(
      key,
      fitting({
        ...plain,
        required: plain.required !== true,
        ...(dice(2) === 0 || isBare(plain.kind) ? {} : { default: randomValue(plain, dice) }),
      }),
    );
  else if (action === 9 && (plain.kind === "text" || plain.kind === "integer"))
    fields.set(key, { ...plain, unique: plain.unique !== true });
  else if (action === 10 && plain.kind === "text")
    fields.set(key, fitting({ ...plain, ...(dice(2) === 0 ? { max: 3 + dice(30) } : { fold: plain.fold === false }) }));
  else if (action === 10 && plain.kind === "choice")
    fields.set(key, { kind: "choice", values: ["open", "closed", "lost"], wasValues: { closed: "won" } });
  else if (action === 11 && plain.kind === "integer") {
    const same = entity.least?.field === key;
    const { least: _l, ...rest } = entity;
    next.set(name, { ...rest, ...(same ? {} : { least: { field: key, value: -2 } }), fields });
    return next;
  }
  put();
  return next;
}

/** With a default that is no longer than the field takes; a model with another is refused. */
function fitting(spec: FieldSpec): FieldSpec {
  const { max, default: value } = spec;
  if (max === undefined || typeof value !== "string") return spec;
  return { ...spec, default: [...value].slice(0, max).join("").trim() };
}

function retarget(fields: EntitySpec["fields"], from: string, to: string): EntitySpec["fields"] {
  const name = (one: string) => (one === from ? to : one);
  return new Map(
    [...fields].map(([key, spec]) => [
      key,
      {
        ...spec,
        ...(spec.to === undefined ? {} : { to: name(spec.to) }),
        ...(spec.among ? { among: spec.among.map(name) } : {}),
      },
    ]),
  );
}
