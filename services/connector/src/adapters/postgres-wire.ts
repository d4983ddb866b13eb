import type { Duplex } from 'node:stream';
import type pg from 'pg';

/**
 * The part of pg's connection that a reader of portals needs. pg-cursor stands on the same methods; the type package does
 * not have them as they are. pg is pinned, and tests fail where they change.
 */
export interface WireConnection {
  readonly stream: Duplex;
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  bind(message: {
    readonly portal: string;
    readonly statement: string;
    readonly values: readonly (string | null)[];
    readonly binary: boolean;
  }): void;
  describe(message: { readonly type: 'P'; readonly name: string }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
  flush(): void;
  sync(): void;
  sendCopyFail(message: string): void;
}

/** The connection of a client. Its stream is the TLS one where there is TLS. */
export function wireOf(client: pg.Client): WireConnection {
  return (client as unknown as { readonly connection: WireConnection }).connection;
}

/** Hands a reader to a client as its next query. */
export function submit(client: pg.Client, reader: { submit(connection: WireConnection): void }): void {
  client.query(reader as unknown as pg.Submittable);
}
