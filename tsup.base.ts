// How every package is built: its one entry as one ES module, dependencies left outside. Declarations come from `tsc -b`.
import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm"],
  target: "node22",
  sourcemap: true,
  splitting: false,
  removeNodeProtocol: false,
  dts: false,
  // scripts/build.ts empties dist, before the declarations are written to it.
  clean: false,
});
