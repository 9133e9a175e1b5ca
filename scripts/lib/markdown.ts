/** Reads what the checks need from a Markdown file: its code blocks, its links and its headings. */

/** A fenced block of code. */
export interface Block {
  /** The words after the fence: the language, and what follows it. */
  readonly words: readonly string[];
  /** The line of the file on which the code starts, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

export interface Markdown {
  readonly blocks: readonly Block[];
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** The names that a link can point to after `#`. */
  readonly anchors: ReadonlySet<string>;
}

export function readMarkdown(text: string): Markdown {
  const blocks: Block[] = [];
  const links: { target: string; line: number }[] = [];
  const anchors = new Set<string>();
  let open: { fence: string; indent: number; words: string[]; line: number; lines: string[] } | undefined;

  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(line);
    if (open) {
      const closes = fence?.[2]?.startsWith(open.fence) && fence[3]?.trim() === "";
      if (!closes) open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
      else {
        blocks.push({ words: open.words, line: open.line, lines: open.lines });
        open = undefined;
      }
    } else if (fence?.[2]) {
      const words = (fence[3] ?? "").trim().split(/\s+/);
      open = { fence: fence[2], indent: fence[1]?.length ?? 0, words, line: index + 2, lines: [] };
    } else {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
      if (heading !== undefined) addAnchor(anchors, heading);
      for (const target of linksOf(line)) links.push({ target, line: index + 1 });
    }
  }
  if (open) blocks.push({ words: open.words, line: open.line, lines: open.lines });
  return { blocks, links, anchors };
}

/** The targets of inline links, images and link definitions; text in code spans is not looked at. */
function linksOf(line: string): string[] {
  const prose = line.replace(/(`+).*?\1/g, (code) => " ".repeat(code.length));
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)/g)].map((match) => match[1] ?? "");
  const defined = /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/.exec(prose)?.[1];
  return defined ? [...inline, defined] : inline;
}

/** The anchor that a heading gets: lower case, without punctuation, dashes for spaces, numbered when it is there already. */
function addAnchor(anchors: Set<string>, heading: string): void {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
  const slug = plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
  let anchor = slug;
  for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
  anchors.add(anchor);
}
