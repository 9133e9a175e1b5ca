/** Telling how far an import is: a bar in a terminal, a line now and then elsewhere. */

import type { ImportProgress } from "@kith/import";
import type { Terminal } from "./terminal.ts";
import type { Locale, Texts } from "./texts/texts.ts";

/** Shows progress, until it is ended. */
export interface ProgressView {
  readonly show: (progress: ImportProgress) => void;
  readonly end: () => void;
}

const barWidth = 24;
/** Milliseconds between two pictures of the bar, and between two lines where there is none. */
const pause = { bar: 100, lines: 5_000 };

/** A view for this terminal. */
export function progressView(
  { out, columns }: Pick<Terminal, "out" | "columns">,
  locale: Locale,
  texts: Texts,
  now = () => performance.now(),
): ProgressView {
  const begun = now();
  const inTerminal = columns !== undefined;
  let last = begun - (inTerminal ? pause.bar : 0);
  let shown = false;
  return {
    show(progress) {
      const at = now();
      if (at - last < (inTerminal ? pause.bar : pause.lines)) return;
      last = at;
      shown = true;
      const line = describe(progress, (at - begun) / 1000, locale, texts);
      if (!inTerminal) out(`${line}\n`);
      // \u001b[K clears what a longer line left.
      else out(`\r${`${bar(progress)}${line}`.slice(0, columns - 1)}\u001b[K`);
    },
    end() {
      if (inTerminal && shown) out("\r\u001b[K");
    },
  };
}

function share({ phase, bytes, totalBytes }: ImportProgress): number | undefined {
  if (phase === "lookups" || !totalBytes) return undefined;
  return Math.min(1, bytes / totalBytes);
}

function bar(progress: ImportProgress): string {
  const done = share(progress);
  if (done === undefined) return "";
  const full = Math.round(done * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)} `;
}

function describe(progress: ImportProgress, seconds: number, locale: Locale, texts: Texts): string {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const done = share(progress);
  const parts = [
    ...(done === undefined ? [] : [`${Math.floor(done * 100)} %`]),
    ...(progress.phase === "lookups" ? [texts.phaseLookups] : []),
    `${number.format(progress.rows)} ${texts.row}`,
    ...(progress.rejected > 0 ? [`${number.format(progress.rejected)} ${texts.rejectedShort}`] : []),
    `${number.format(progress.rows / Math.max(seconds, 0.001))} ${texts.perSecond}`,
  ];
  return parts.join(" · ");
}
