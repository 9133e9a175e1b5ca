import { expect, it } from "vitest";
import { runExamples } from "../run-examples.ts";
import { fixture } from "./fixture.ts";

const main = (name: string) => `examples/${name}/src/main.ts`;

it("runs each example in its folder, and compares what it prints where that is written down", () => {
  const at = fixture({
    [main("01-a")]: `const text: string = "hello"; console.log(text);`,
    "examples/01-a/expected.txt": "hello\n",
    [main("02-b")]: `import { readFileSync } from "node:fs"; readFileSync("here.txt");`,
    "examples/02-b/here.txt": "",
  });
  expect(runExamples(at)).toEqual({ problems: [], ran: 2 });
});

it("tells an example that fails and one that prints something else", () => {
  const at = fixture({
    [main("01-a")]: `console.log("bye");`,
    "examples/01-a/expected.txt": "hello\n",
    [main("02-b")]: `throw new Error("broken");`,
  });
  const { problems } = runExamples(at);
  expect(problems.map(({ file }) => file)).toEqual([main("01-a"), main("02-b")]);
  expect(problems[0]?.message).toContain("bye");
  expect(problems[1]?.message).toContain("Error: broken");
});

it("runs those that a prefix chooses, and wants at least one", () => {
  const at = fixture({ [main("01-a")]: "", [main("02-b")]: `throw new Error("broken");` });
  expect(runExamples(at, "01")).toEqual({ problems: [], ran: 1 });
  expect(runExamples(at, "03").problems).toHaveLength(1);
});
