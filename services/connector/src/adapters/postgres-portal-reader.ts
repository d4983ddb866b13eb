import type { QueryInput } from '../domain/postgresql/query-input.ts';
import type { RowCollector } from '../domain/postgresql/row-collector.ts';
import type { WireConnection } from './postgres-wire.ts';

/** How the reading of a portal ended. */
export interface PortalEnd {
  /** The portal may have more rows; it is still open. */
  readonly suspended: boolean;
}

/** Name of the portal, by which it can be asked whether it has more. */
export const PORTAL = 'switchyard';

/**
 * Reads one statement by the extended protocol, which takes exactly one, batch by batch through a portal: the server never
 * sends more rows than were asked for, and the next batch is asked for only while the collector wants more.
 *
 * Source: PostgreSQL documentation, "Frontend/Backend Protocol", Extended Query.
 */
export class PortalReader {
  readonly #input: QueryInput;
  readonly #collector: RowCollector;
  readonly #end = Promise.withResolvers<PortalEnd>();
  #suspended = false;
  #failed = false;

  constructor(input: QueryInput, collector: RowCollector) {
    this.#input = input;
    this.#collector = collector;
  }

  /** Rejects with the server's error or that of the connection. */
  get end(): Promise<PortalEnd> {
    return this.#end.promise;
  }

  /** Called by pg, as everything below. */
  submit(connection: WireConnection): void {
    const { sql, parameters } = this.#input;
    connection.parse({ name: '', text: sql, types: [] });
    connection.bind({ portal: PORTAL, statement: '', values: parameters, binary: false });
    connection.describe({ type: 'P', name: PORTAL });
    this.#ask(connection);
  }

  handleRowDescription({
    fields,
  }: {
    fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  }): void {
    this.#collector.describe(fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID })));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    this.#collector.add(fields);
  }

  handlePortalSuspended(connection: WireConnection): void {
    if (this.#collector.nextBatch() > 0) {
      this.#ask(connection);
      return;
    }
    this.#suspended = true;
    connection.sync();
  }

  handleCommandComplete(_message: unknown, connection: WireConnection): void {
    connection.sync();
  }

  handleEmptyQuery(connection: WireConnection): void {
    connection.sync();
  }

  /** COPY … FROM STDIN wants data; there is none to be had. */
  handleCopyInResponse(connection: WireConnection): void {
    connection.sendCopyFail('COPY is not offered');
  }

  /** COPY … TO STDOUT: what comes is not rows. */
  handleCopyData(): void {}

  handleReadyForQuery(): void {
    if (!this.#failed) this.#end.resolve({ suspended: this.#suspended });
  }

  handleError(error: Error, connection: WireConnection): void {
    this.#failed = true;
    this.#end.reject(error);
    // The server skips everything until a Sync after an error.
    connection.sync();
  }

  #ask(connection: WireConnection): void {
    connection.execute({ portal: PORTAL, rows: this.#collector.nextBatch() });
    connection.flush();
  }
}
