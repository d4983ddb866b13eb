import type { RequestTarget } from '../wire/wire-format.ts';
import type { BatchLine, StoredBatch, StoredFile } from './batch-store.ts';

/** What a request about batches wants. */
export type BatchRoute =
  | { readonly kind: 'upload' }
  | { readonly kind: 'create' }
  | { readonly kind: 'list' }
  | { readonly kind: 'get' | 'cancel' | 'results'; readonly id: string }
  | { readonly kind: 'content'; readonly id: string };

/** What is to become a batch; a text says what is wrong with it. */
export type BatchReading =
  | { readonly lines: readonly BatchLine[]; readonly said: Readonly<Record<string, unknown>> }
  | string;

/** One format's API of batches. Pure. */
export interface BatchApi {
  /** What a path means; undefined: nothing about batches. */
  route(target: RequestTarget): BatchRoute | undefined;
  /** @param file finds a file that was brought */
  read(body: unknown, file: (id: string) => StoredFile | undefined): BatchReading;
  idOf(stamp: string): string;
  /** @param address of the provider, for links */
  show(batch: StoredBatch, address: string): unknown;
  list(batches: readonly StoredBatch[], hasMore: boolean, address: string): unknown;
  /** Files of results that a batch has at its end, by id. */
  files(batch: StoredBatch): ReadonlyMap<string, string>;
}

export const jsonLines = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');
