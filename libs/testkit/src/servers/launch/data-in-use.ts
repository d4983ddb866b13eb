import type { ProcessIdentity } from '../process/process-identity.ts';
import type { ServerKind } from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';

/** The failure of a start on a folder whose server belongs to a process that lives. */
export function dataInUse(options: {
  kind: ServerKind;
  dir: string;
  owner: ProcessIdentity;
}): ServerStartError {
  const { kind, dir, owner } = options;
  const message = `${PRODUCT_NAMES[kind]} already runs on ${dir}, started by the process ${owner.pid}: stop that one first.`;
  return new ServerStartError({ kind, reason: 'DATA_IN_USE', message });
}
