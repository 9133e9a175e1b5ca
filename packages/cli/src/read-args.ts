/** From words on a command line to a command's arguments, on citty; what it would let pass is refused here. */

import { nearest } from "@kith/schema";
import { type ArgsDef, parseArgs } from "citty";
import type { Texts } from "./texts/texts.ts";
import { UsageError } from "./usage-error.ts";

/** Arguments by name: text, or true. */
export type Args = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Reads a command's arguments.
 *
 * @throws {UsageError} for options that there are not, values that are missing, not among the choices or given to a flag, too few or too many arguments
 */
export function readArgs(command: string, words: readonly string[], known: ArgsDef, texts: Texts): Args {
  const fail = (message: string): never => {
    throw new UsageError(message, command);
  };
  const positional = Object.keys(known).filter((name) => known[name]?.type === "positional");
  // Whether one is missing is told below, in the user's language.
  const lenient = Object.fromEntries(
    Object.entries(known).map(([name, arg]) => [
      name,
      arg.type === "enum" ? { ...arg, type: "string" } : { ...arg, required: false },
    ]),
  );
  const parsed = parseArgs([...words], lenient as ArgsDef);
  const args: Record<string, string | boolean | undefined> = {};
  for (const name of Object.keys(parsed)) {
    if (name === "_" || known[name] || known[kebab(name)]) continue;
    const near = nearest(name, Object.keys(known));
    fail(`${texts.unknownOption(dashed(name))}${near === undefined ? "" : ` ${texts.didYouMean(dashed(near))}`}`);
  }
  for (const [i, name] of positional.entries()) {
    const value = parsed._[i];
    if (value === undefined && known[name]?.required !== false) fail(texts.needsArgument(name));
    args[name] = value;
  }
  const extra = parsed._[positional.length];
  if (extra !== undefined) fail(texts.tooManyArguments(extra));
  for (const [name, arg] of Object.entries(known)) {
    if (arg.type === "positional") continue;
    const value = parsed[name] as string | boolean | undefined;
    const given = formsGiven(words, name);
    if (given.length > 1) fail(texts.givenTwice(dashed(name)));
    // A flag with a value would be read as said, whatever the value is.
    if (arg.type === "boolean" && given[0]?.includes("=")) fail(texts.takesNoValue(dashed(name), given[0]));
    if (arg.type !== "boolean" && value !== undefined && !isValue(value)) fail(texts.needsValue(dashed(name)));
    if (arg.type === "enum" && value !== undefined && !arg.options?.includes(String(value))) {
      fail(texts.badChoice(dashed(name), String(value), arg.options?.join(", ") ?? ""));
    }
    args[name] = value;
  }
  return args;
}

/** The words that give an option. Of several the last would win, and what came before be lost without a word. */
function formsGiven(words: readonly string[], name: string): string[] {
  const forms = [dashed(name), `--${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}`];
  const options = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  return options.filter((word) => forms.includes(word.split("=")[0] as string));
}

/** An option that has no value takes the next option for one. */
function isValue(value: string | boolean): boolean {
  return typeof value === "string" && value !== "" && !value.startsWith("--");
}

function dashed(name: string): string {
  return `${name.length === 1 ? "-" : "--"}${kebab(name)}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
