import type { ServerKind } from './server-handle.ts';

/**
 * Why a server can't be had.
 * - `NOT_FOUND`: no source has one; the text says what to install.
 * - `GIVEN_UNUSABLE`: the URL that was given doesn't answer, or its version won't do.
 * - `PORT_IN_USE`: the port that was asked for is taken.
 * - `DATA_IN_USE`: a live process already runs a server on this data folder.
 * - `DATA_VERSION`: the data folder was written by a version that can't be had here.
 * - `CANNOT_RUN`: the program was found and doesn't run on this machine or as this user.
 * - `NOT_READY`: it ended or didn't answer in time; the text ends with the last lines of its log.
 * - `NOT_OURS`: the operation needs a server that this launcher started.
 * - `STOPPED`: the handle was stopped before.
 */
export type ServerStartReason =
  | 'NOT_FOUND'
  | 'GIVEN_UNUSABLE'
  | 'PORT_IN_USE'
  | 'DATA_IN_USE'
  | 'DATA_VERSION'
  | 'CANNOT_RUN'
  | 'NOT_READY'
  | 'NOT_OURS'
  | 'STOPPED';

/** The one failure of the launcher. Test it by `reason`, show its message. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly kind: ServerKind;
  readonly reason: ServerStartReason;

  constructor(failure: { kind: ServerKind; reason: ServerStartReason; message: string; cause?: unknown }) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.kind = failure.kind;
    this.reason = failure.reason;
  }
}
