import fc from "fast-check";
import { describe, it } from "vitest";
import { fieldTypeSuite } from "../src/index.ts";
import { spotType } from "../src/plugin-types.ts";
import { builtIn } from "./built-in-samples.ts";

for (const subject of builtIn) fieldTypeSuite({ describe, it }, subject);

fieldTypeSuite(
  { describe, it },
  {
    type: spotType,
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
          nearby: [
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
