import fc from "fast-check";
import { describe, it } from "vitest";
import { fieldTypeSuite } from "../src/index.ts";
import { addressType, geoType } from "../src/plugin-types.ts";
import { builtIn } from "./built-in-samples.ts";

for (const subject of builtIn) fieldTypeSuite({ describe, it }, subject);

fieldTypeSuite(
  { describe, it },
  {
    type: geoType,
    samples: [
      {
        valid: [
          { lat: 0, lng: 0 },
          { lat: -0, lng: 1.5 },
          { lng: 10, lat: 10 },
          { lat: 90, lng: -180 },
        ],
        invalid: [{}, { lat: 91, lng: 0 }, { lat: "0", lng: 0 }, { lat: 0, lng: 0, alt: 1 }, [0, 0], "0,0"],
        operands: {
          near: [
            { lat: 0, lng: 0, degrees: 2 },
            { lat: 10, lng: 10, degrees: 0 },
            { lat: 0, lng: 0, degrees: 180 },
          ],
        },
        arbitrary: fc.record({
          lat: fc.double({ min: -90, max: 90, noNaN: true }),
          lng: fc.double({ min: -180, max: 180, noNaN: true }),
        }),
      },
    ],
    refused: [{ indexed: true }, { scale: 2 }],
  },
);

fieldTypeSuite(
  { describe, it },
  {
    type: addressType,
    samples: [
      {
        valid: [
          { city: "São Paulo" },
          { street: "Rua A", city: "x", postcode: "01000", country: "BR" },
          { city: "x", street: null },
        ],
        invalid: [{}, { town: "x" }, { city: 1 }, { country: "XX" }, "Rua A", [], { postcode: "x".repeat(13) }],
      },
    ],
    refused: [{ unique: true }],
  },
);
