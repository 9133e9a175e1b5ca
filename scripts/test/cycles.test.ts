import { expect, it } from "vitest";
import { cyclesOf } from "../lib/cycles.ts";

const graph = (edges: Record<string, string>) =>
  new Map(Object.entries(edges).map(([from, to]) => [from, to === "" ? [] : to.split(" ")]));

it.each([
  ["nothing in a tree", { a: "b c", b: "d", c: "d", d: "" }, []],
  ["a node that leads to itself", { a: "a" }, [["a", "a"]]],
  ["two that lead to each other", { a: "b", b: "a" }, [["a", "b", "a"]]],
  ["one way round per group, the shortest", { a: "b", b: "c a", c: "a" }, [["a", "b", "a"]]],
  ["a circle behind an entry", { i: "a", a: "b", b: "c", c: "a", d: "a" }, [["a", "b", "c", "a"]]],
  [
    "two groups apart",
    { a: "b", b: "a c", c: "d", d: "c" },
    [
      ["c", "d", "c"],
      ["a", "b", "a"],
    ],
  ],
])("finds %s", (_, edges, cycles) => {
  expect(cyclesOf(graph(edges as Record<string, string>))).toEqual(cycles);
});
