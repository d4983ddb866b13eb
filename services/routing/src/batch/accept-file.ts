import { isUtf8 } from 'node:buffer';
import { type Clock, type FieldViolation, uuidV7 } from '@switchyard/kernel';
import type { PostgresFiles } from '../adapters/postgres-files.ts';
import { MAX_FILE_BYTES, MAX_LINE_BYTES } from '../domain/batch/batch-limits.ts';
import { longestLine } from '../domain/batch/cut-lines.ts';
import type { StoredFile } from '../domain/batch/stored-file.ts';
import { invalidFields } from '../errors.ts';

/** A file of lines that somebody brings. */
export interface BroughtFile {
  readonly tenant: string;
  readonly filename: string;
  readonly data: Buffer;
  /** What the caller calls it, for telling what is wrong. */
  readonly field: string;
}

/** Keeps a file of lines. @throws INVALID_ARGUMENT, TOO_MANY_FILES */
export function acceptFile(
  { tenant, filename, data, field }: BroughtFile,
  { files, clock }: { readonly files: PostgresFiles; readonly clock: Clock },
): Promise<StoredFile> {
  const wrong = problemOf(data);
  if (wrong !== undefined) throw invalidFields([{ field, description: wrong } satisfies FieldViolation]);
  return files.create({ tenant, id: uuidV7(clock.wallMs()), filename, data });
}

function problemOf(data: Buffer): string | undefined {
  if (data.length === 0) return 'is empty';
  if (data.length > MAX_FILE_BYTES) return `may have ${MAX_FILE_BYTES} bytes at most`;
  if (longestLine(data) > MAX_LINE_BYTES) return `may have ${MAX_LINE_BYTES} bytes at most in a line`;
  // Else what cannot be read would be asked for in other words than the caller's.
  return isUtf8(data) ? undefined : 'is not valid UTF-8';
}
