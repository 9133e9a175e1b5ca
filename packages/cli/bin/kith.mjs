#!/usr/bin/env node
// Checks Node before anything is loaded that an old one cannot read.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 12)) {
  import("@kith/cli").then(
    ({ main }) => main(),
    (error) => {
      const unbuilt = error?.code === "ERR_MODULE_NOT_FOUND" && String(error.message).includes("dist");
      console.error(unbuilt ? "This is a checkout without a build: run `npm run kith -- …` in its root." : error);
      process.exitCode = 2;
    },
  );
} else {
  console.error(`Kith needs Node 22.12 or newer; this is ${process.versions.node}. Get it from https://nodejs.org`);
  console.error(
    `O Kith precisa do Node 22.12 ou mais novo; este é o ${process.versions.node}. Baixe em https://nodejs.org`,
  );
  process.exitCode = 2;
}
