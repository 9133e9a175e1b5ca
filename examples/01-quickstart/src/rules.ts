// What must hold beyond the declarations: a hook that refuses, with an error of its own. The two plugins together make the model.
import { defineErrors, defineHooks, defineModel, definePlugin } from "@kith/core";
import { type Entities, entities } from "./declarations.ts";

const errors = defineErrors("rules", {
  REOPENED: { message: "The opportunity {code} is won; it cannot go back to {stage}." },
});

const hooks = defineHooks<Entities>()({
  opportunity: {
    // After the write and inside its transaction: throwing takes back everything that the transaction wrote.
    afterUpdate({ row, previous, changed }) {
      if (changed.has("stage") && previous.stage === "won") throw errors.REOPENED({ code: row.code, stage: row.stage });
    },
  },
});

const registers = definePlugin({ id: "registers", entities });
const rules = definePlugin({ id: "rules", requires: ["registers"], hooks });

export const model = defineModel({ plugins: [registers, rules], currency: "USD" });
