// Which tests there are: a project for each package that has tests, one for the scripts and one for the examples.
// Read as `vitest run --config vitest.workspace.ts`; sources are run as they are, without a build.
import { existsSync, globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const conditions = ["@kith/source"];
/** Projects whose tests need a PostgreSQL server; it is started once, and only when one of them runs. */
const withPostgres = new Set(["postgres", "scripts"]);

/** The tests in a folder; nothing if there are none. Type tests are switched on where there are some, since each project of them starts a compiler. */
function project(name: string, root: string, include = "test/**/*.test.ts", typeTests = "test/**/*.test-d.ts") {
  const has = (pattern: string) => globSync(pattern, { cwd: root }).length > 0;
  if (!existsSync(root) || !(has(include) || has(typeTests))) return [];
  return [
    {
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name,
        root,
        include: [include],
        testTimeout: 20_000,
        ...(withPostgres.has(name) ? { globalSetup: join(import.meta.dirname, "scripts/postgres-setup.ts") } : {}),
        ...(has(typeTests)
          ? { typecheck: { enabled: true, include: [typeTests], tsconfig: "tsconfig.test.json" } }
          : {}),
      },
    },
  ];
}

export default defineConfig({
  test: {
    passWithNoTests: true,
    // One worker for each core: on a machine with two, the default would leave one idle.
    maxWorkers: "100%",
    projects: [
      ...readdirSync("packages").flatMap((name) => project(name, join("packages", name))),
      ...project("scripts", "scripts"),
      ...project("examples", "examples", "*/test/**/*.test.ts"),
    ],
  },
});
