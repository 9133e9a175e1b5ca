/** Postal addresses, part by part. */

import { countryCodes, countryNames } from "../countries.ts";
import type { DefaultOf, Field, FieldOptions, FixedOf, Localized, PresenceOf } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { NullFilter, OrderedFilter, TextFilter } from "../infer/filter.ts";
import { describe, Invalid, wrongType } from "../issue.ts";
import { isPlainObject } from "../json.ts";
import { didYouMean } from "../names.ts";
import { equality, ordering } from "../operator.ts";
import { codePointLength, compareCodePoints } from "../text.ts";
import { readText, textType } from "./text.ts";

/** An address as a record holds it: every part is there, null where it is missing. */
export interface Address {
  readonly street: string | null;
  /** What does not fit the first line: floor, flat, care of. */
  readonly street2: string | null;
  readonly city: string | null;
  /** State, province, canton. */
  readonly region: string | null;
  readonly postcode: string | null;
  /** ISO 3166-1 alpha-2, in capitals: `BR`. */
  readonly country: string | null;
}

/** The name of a part of an address. */
export type AddressPart = keyof Address;

/** Filters on addresses: on any of the parts, or on whether there is one. */
export type AddressFilter =
  | NullFilter
  | ({ readonly [P in Exclude<AddressPart, "country">]?: string | null | TextFilter } & {
      readonly country?: string | null | OrderedFilter<string>;
    });

/** Options of {@link address}. */
export interface AddressOptions extends Omit<FieldOptions, "unique" | "indexed"> {
  /** Used when the field is left out on create. */
  readonly default?: DefaultOf<Partial<Address>>;
  /** Parts that keep an index, so that filters and sorting on them stay fast. None unless given. */
  readonly indexedParts?: readonly AddressPart[];
}

const partLabels: Readonly<Record<AddressPart, Localized>> = {
  street: { en: "Street", "pt-BR": "Logradouro" },
  street2: { en: "Address line 2", "pt-BR": "Complemento" },
  city: { en: "City", "pt-BR": "Cidade" },
  region: { en: "State", "pt-BR": "Estado" },
  postcode: { en: "Postal code", "pt-BR": "CEP" },
  country: { en: "Country", "pt-BR": "País" },
};
/** What else files call the parts. */
const partWords: Readonly<Record<AddressPart, readonly string[]>> = {
  street: ["address", "address 1", "address line 1", "line 1", "street address", "street 1", "endereço", "rua"],
  street2: ["address 2", "line 2", "street address 2", "street line 2", "apartment", "suite"],
  city: ["town", "locality", "município", "localidade"],
  region: ["province", "state or province", "uf", "província"],
  postcode: ["zip", "zip code", "postcode", "código postal"],
  country: ["country code", "código do país"],
};

const longest = { street: 255, street2: 255, city: 120, region: 120, postcode: 20 } as const;
const partNames: readonly string[] = [...Object.keys(longest), "country"];

function readCountry(value: unknown): string | Invalid {
  if (typeof value !== "string") return wrongType("a country's code, like 'BR'", value);
  const code = value.toUpperCase();
  return countryCodes.has(code)
    ? code
    : new Invalid(
        "COUNTRY",
        `must be a country's two letters (ISO 3166-1 alpha-2), like BR or DE, not ${describe(value)}`,
      );
}

/** The type of the part that names the country. It is no kind of its own. */
const countryType: FieldType<string> = {
  kind: "country",
  options: {},
  columns: () => [{ suffix: "", type: "text" }],
  read: readCountry,
  jsonSchema: () => ({ type: "string", pattern: "^[A-Za-z]{2}$" }),
  spelling: { words: countryNames },
  operators: () => ({ ...equality(() => countryType), ...ordering(() => countryType) }),
  compare: compareCodePoints,
  measure: "ordered",
  widget: "country",
};

function readPart(name: string, value: unknown): string | null | Invalid {
  const text = readText(value);
  if (text instanceof Invalid) return text;
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (name === "country") return readCountry(trimmed);
  const most = longest[name as keyof typeof longest];
  return trimmed.length > most && codePointLength(trimmed) > most
    ? new Invalid("TOO_LONG", `has more than ${most} characters`, { max: most })
    : trimmed;
}

/** The field type behind `field.address`. */
export const addressType: FieldType<Address> = {
  kind: "address",
  options: { indexedParts: { type: "array", items: { enum: partNames }, uniqueItems: true, minItems: 1 } },
  common: ["label", "help", "required", "default", "immutable", "was"],
  parts: (field) => {
    const indexed = (field["indexedParts"] ?? []) as readonly string[];
    const part = (name: string, def: FieldDef) => [
      name,
      { ...def, label: partLabels[name as AddressPart], ...(indexed.includes(name) ? { indexed: true } : {}) },
    ];
    return Object.fromEntries([
      ...Object.entries(longest).map(([name, max]) => part(name, { kind: "text", max })),
      part("country", { kind: "country" }),
    ]);
  },
  partTypes: { text: textType, country: countryType },
  columns: () => [],
  read(value) {
    if (!isPlainObject(value)) return wrongType(`an address: { ${partNames.join(", ")} }`, value);
    for (const name of Object.keys(value)) {
      if (partNames.includes(name)) continue;
      const message = `is no part of an address.${didYouMean(name, partNames)} It has ${partNames.join(", ")}`;
      return new Invalid("UNKNOWN_PART", message, undefined, [name]);
    }
    const address: Record<string, string | null> = {};
    let filled = false;
    for (const name of partNames) {
      const given = value[name];
      const part = given === undefined || given === null ? null : readPart(name, given);
      if (part instanceof Invalid) return new Invalid(part.code, part.message, part.params, [name]);
      address[name] = part;
      filled ||= part !== null;
    }
    return filled
      ? (address as unknown as Address)
      : new Invalid("EMPTY", "has no part that is filled in; write null for no address");
  },
  jsonSchema: () => ({
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(partNames.map((name) => [name, { type: ["string", "null"] }])),
  }),
  spelling: {
    text: {
      takes: [],
      read: (text) =>
        new Invalid(
          "ADDRESS",
          `must be JSON, or stand in a column for each part (${partNames.join(", ")}), not ${describe(text)}`,
        ),
    },
    members: partWords,
  },
  operators: () => ({}),
  measure: "parts",
  widget: "address",
};

/**
 * A postal address: street, street2, city, region, postcode and country, each of which can be filtered, sorted and grouped by. Parts are trimmed, an
 * empty one is null, and one at least is filled in. A write replaces the whole address.
 *
 * @example field.address({ indexedParts: ['city'] }) // { where: { home: { city: { startsWith: 'são' }, country: 'BR' } } }
 */
export function address<const O extends AddressOptions = {}>(
  options?: O,
): Field<Address, PresenceOf<O>, null | AddressFilter, "parts", FixedOf<O>, Partial<Address>> {
  return { ...options, kind: "address" } as never;
}
