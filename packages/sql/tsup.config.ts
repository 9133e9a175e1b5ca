import base from "../../tsup.base.ts";

// Kysely goes into the bundle: its 400 files take over 100 ms to load one by one, the parts used here 10 ms. Its types stay outside.
const notice =
  "/*! Holds parts of Kysely (https://kysely.dev), Copyright (c) 2022 Sami Koskimäki, MIT License: see the kysely package. */";

export default { ...base, noExternal: ["kysely"], treeshake: true, banner: { js: notice } };
