/** Which tables there are, and what they are made of. */

import { XrmError } from "@kith/core";

/** Not there yet: so a database whose model changes is refused before anything is done to it. */
export function introspect(): never {
  throw new XrmError(
    "MODEL_CHANGED",
    "The database is of another model; on PostgreSQL tables are only made, and not changed yet. Go back to the declarations that made the database.",
  );
}
