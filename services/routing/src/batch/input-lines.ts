import { linesOf, type TextLine } from '../domain/batch/cut-lines.ts';
import { type BatchLine, readLine } from '../domain/batch/read-line.ts';
import { fileNotFound } from '../errors.ts';
import type { BatchContext } from './batch-context.ts';
import type { HeldLease } from './held-lease.ts';

/** The lines of a batch's file. @throws FILE_NOT_FOUND */
export async function* inputLines({ leased }: HeldLease, { files }: BatchContext): AsyncGenerator<TextLine> {
  const { tenant, inputFileId } = leased.batch;
  const file = await files.find(tenant, inputFileId);
  if (file === undefined) throw fileNotFound();
  yield* linesOf(files.contents(file));
}

/** Lines as their requests are read again: the file was checked before the first one began. */
export async function* batchLines(lease: HeldLease, context: BatchContext): AsyncGenerator<BatchLine> {
  for await (const line of inputLines(lease, context)) {
    const read = readLine(line, lease.leased.batch.endpoint);
    if (read.ok) yield read.value;
  }
}
