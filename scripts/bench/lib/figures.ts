/** From measured rounds to figures: each contender against raw in the same round, then the median of the rounds. */

import type { Measured } from "../worker.ts";

/** How the calls of a round become one number. */
export type By = "p50" | "mean" | "cpu";

/** An operation of one contender. */
export interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly cpu: number;
  /** Against raw, by each way of looking. */
  readonly ratio: Readonly<Record<By, number>>;
  /** The middle half of the rounds' ratios. */
  readonly spread: readonly [number, number];
  /** Its answers and what it wrote were raw's, in every round. */
  readonly same: boolean;
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const all = sorted(values);
  return all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const all = sorted(values);
  const half = Math.floor(all.length / 2);
  const upper = all[half] ?? Number.NaN;
  return all.length % 2 === 1 ? upper : ((all[half - 1] ?? Number.NaN) + upper) / 2;
}

const of: Readonly<Record<By, (measured: Measured) => number>> = {
  p50: ({ times }) => median(times),
  mean: ({ times }) => times.reduce((sum, time) => sum + time, 0) / times.length,
  cpu: ({ cpu }) => cpu,
};

/** The figures of an operation; `raw` are the same rounds of raw. */
export function figuresOf(rounds: readonly Measured[], raw: readonly Measured[], by: By): Figures {
  const ratios = (way: By) => rounds.map((round, i) => of[way](round) / of[way](raw[i] as Measured));
  const chosen = ratios(by);
  const times = rounds.flatMap((round) => round.times);
  return {
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    cpu: median(rounds.map((round) => round.cpu)),
    ratio: { p50: median(ratios("p50")), mean: median(ratios("mean")), cpu: median(ratios("cpu")) },
    spread: [quantile(chosen, 0.25), quantile(chosen, 0.75)],
    same: rounds.every((round, i) => round.digest === raw[i]?.digest),
  };
}
