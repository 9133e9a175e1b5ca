/** What the check scripts have in common: a problem with its place, and how problems are told. */

export interface Problem {
  /** Relative to the root of the repository, with forward slashes. */
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** `file:line: message`, which editors and terminals make clickable. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}${line ? `:${line}` : ""}: ${message}`;
}

/** Prints what a check found and sets the exit code. Notes are told and do not fail. */
export function report(check: string, problems: readonly Problem[], notes: readonly Problem[] = []): void {
  for (const note of notes) console.log(`note: ${formatProblem(note)}`);
  for (const problem of problems) console.error(formatProblem(problem));
  if (problems.length > 0) {
    console.error(`${check}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
    process.exitCode = 1;
  } else console.log(`${check}: ok${notes.length > 0 ? `, ${notes.length} notes` : ""}`);
}
