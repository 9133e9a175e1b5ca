/** Making events of records. */

import type { Session } from "../context/session.ts";
import type { Change, RecordEvent } from "../events/events.ts";
import type { Row } from "../storage/storage.ts";

/** The event of a change. */
export function recordEvent(
  session: Session,
  entity: string,
  change: Change,
  row: Row,
  previous: Row | null,
  changed: readonly string[],
  at: string,
): RecordEvent {
  return {
    type: `${entity}.${change}`,
    entity,
    change,
    id: row["id"] as string,
    row,
    previous,
    changed,
    actor: session.actor,
    at,
  };
}
