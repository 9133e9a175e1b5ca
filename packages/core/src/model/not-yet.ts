/** Options whose turn has not come: refused by name, never ignored. */

const coming: Readonly<Record<string, string>> = {
  history: "record history is not there yet; take the option out",
  softDelete: "soft delete is not there yet; take the option out",
  sensitive: "rules for personal data are not there yet; take the option out",
  restricted: "field masks are not there yet; take the option out",
  ownership: "record ownership is not there yet; take the option out",
  policies: "policies are not there yet; take the option out, and guard access in the host",
  workflows: "workflows are not there yet; take the option out",
  views: "views are not there yet; take the option out",
  locales: "locale bundles are not there yet; give labels as { en, 'pt-BR' }",
};

/** What to tell about an option that is to come, or undefined for any other. */
export function notYet(option: string): string | undefined {
  return Object.hasOwn(coming, option) ? coming[option] : undefined;
}
