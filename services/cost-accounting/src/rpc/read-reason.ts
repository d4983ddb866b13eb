import { invalidArgument } from '@switchyard/kernel';

const MAX_REASON = 500;

/** Why somebody changes what the ledger says. @throws INVALID_ARGUMENT */
export function readReason(reason: string): string {
  if (reason === '' || reason.length > MAX_REASON || reason.includes('\0'))
    throw invalidArgument({
      field: 'reason',
      description: `is required, of at most ${MAX_REASON} characters and no NUL`,
    });
  return reason;
}
