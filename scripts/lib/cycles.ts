/** Finds cycles in a graph of names. */

/** One cycle for each group of nodes that reach each other, as a path that starts and ends with the same node. */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  // Tarjan's algorithm: what is left on the stack from a node on, when the node reaches nothing earlier, is one group.
  const visit = (node: string): number => {
    const mine = order.size;
    order.set(node, mine);
    stack.push(node);
    let lowest = mine;
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? mine);
    }
    if (lowest === mine) {
      const group = new Set(stack.splice(stack.indexOf(node)));
      if (group.size > 1 || graph.get(node)?.includes(node)) cycles.push(pathBack(graph, node, group));
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return cycles;
}

/** The shortest way from a node back to itself inside its group. */
function pathBack(graph: ReadonlyMap<string, readonly string[]>, start: string, group: ReadonlySet<string>): string[] {
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path; path = queue.shift())
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return [...path, start];
      if (!group.has(next) || seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  return [start];
}
