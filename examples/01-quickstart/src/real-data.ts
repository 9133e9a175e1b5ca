import type { Xrm } from "@kith/core";
import type { Entities } from "./declarations.ts";
import type { Locale } from "./texts.ts";
export function checkFolder(_folder: string, _locale: Locale): void {}
export async function importFolder(_xrm: Xrm<Entities>, _folder: string, _locale: Locale): Promise<void> {}
