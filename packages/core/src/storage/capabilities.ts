/** What storages differ in. Every flag has a default written here; a storage states only what is otherwise. */

/** The flags. */
export interface Capabilities {
  /** Committed data survive the end of the process. Default: true. */
  readonly durable: boolean;
  /** A read outside transactions is answered while another flow's transaction is open. Default: true. */
  readonly readsDuringTransaction: boolean;
  /** An AbortSignal stops a read that has begun; otherwise it is heard before a read begins. A time limit stops reads everywhere. Default: true. */
  readonly abortsReads: boolean;
  /** A transaction that can write excludes every other writer, so that what it has read stays as it is. Default: true. */
  readonly oneWriter: boolean;
  /** A transaction can be part of one that the application began: `transaction(…, { join })`. Default: false. */
  readonly joins: boolean;
}

const defaults: Capabilities = {
  durable: true,
  readsDuringTransaction: true,
  abortsReads: true,
  oneWriter: true,
  joins: false,
};

/** A storage's capabilities with the defaults filled in. */
export function capabilitiesOf(storage: { readonly capabilities?: Partial<Capabilities> }): Capabilities {
  return { ...defaults, ...storage.capabilities };
}
