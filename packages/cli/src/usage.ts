/** Help: how a command is called and what its options mean. */

import type { ArgsDef } from "citty";
import type { Texts } from "./texts/texts.ts";

/** What help tells of a command. */
export interface Described {
  readonly name: string;
  readonly about: string;
  readonly args?: ArgsDef;
  readonly commands?: readonly { readonly name: string; readonly about: string }[];
  readonly examples?: readonly string[];
}

/** The help of a command, for people. */
export function usageOf({ name, about, args = {}, commands = [], examples = [] }: Described, texts: Texts): string {
  const entries = Object.entries(args);
  const positional = entries.filter(([, arg]) => arg.type === "positional");
  const options = entries.filter(([, arg]) => arg.type !== "positional");
  const call = [
    name,
    ...positional.map(([key]) => `<${key}>`),
    ...(commands.length > 0 ? [texts.commandHint] : []),
    texts.optionsHint,
  ].join(" ");
  const parts = [
    about,
    "",
    `${texts.usage}: ${call}`,
    ...section(
      texts.commands,
      commands.map((one) => [one.name, one.about]),
    ),
    ...section(
      texts.arguments,
      positional.map(([key, arg]) => [key, arg.description ?? ""]),
    ),
    ...section(
      texts.options,
      options.map(([key, arg]) => [optionName(key, arg), arg.description ?? ""]),
    ),
    ...(examples.length > 0 ? ["", `${texts.examples}:`, ...examples.map((line) => `  ${line}`)] : []),
    ...(commands.length > 0 ? ["", texts.moreHelp] : []),
  ];
  return `${parts.join("\n")}\n`;
}

function optionName(name: string, arg: ArgsDef[string]): string {
  if (arg.type === "boolean") return `--${name}`;
  const value = arg.type === "enum" ? (arg.options ?? []).join("|") : (arg.valueHint ?? "text");
  return `--${name} <${value}>`;
}

function section(title: string, lines: readonly (readonly [string, string])[]): string[] {
  if (lines.length === 0) return [];
  const width = Math.max(...lines.map(([left]) => left.length));
  return ["", `${title}:`, ...lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)];
}
