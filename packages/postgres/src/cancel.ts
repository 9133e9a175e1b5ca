/** Stopping a statement that is still running: PostgreSQL takes the request on a line of its own. */

import { connect } from "node:net";
import type { Loan } from "./lender.ts";

/** How long the request may take to be delivered. */
const patience = 2_000;

interface Running {
  readonly host?: string;
  readonly port?: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/** Asks the server to stop what runs on a connection. The statement then fails with 57014, unless it was done already. Never fails itself. */
export function cancelOn({ line }: Loan): Promise<void> {
  const { host = "localhost", port = 5432, processID, secretKey } = line.client as unknown as Running;
  if (typeof processID !== "number" || typeof secretKey !== "number") return Promise.resolve();
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  // The number that PostgreSQL knows a request to cancel by.
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  return new Promise((resolve) => {
    const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => undefined);
    socket.resume();
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
