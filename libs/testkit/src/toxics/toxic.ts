/**
 * One way in which a connection goes wrong. It applies to the connections that are open and to those that come.
 * Those that count bytes count the ones from the target, from the moment the toxic is set or the connection opened,
 * whichever is later.
 * - `latency`: each chunk arrives `delayMs` (± up to `jitterMs`) late, both ways, in order; throughput stays.
 * - `stall`: a half-open connection: from now on no byte passes either way, and neither side learns that the other closed.
 * - `reset`: both sides see a reset (RST) after `afterBytes` bytes; default 0: at once.
 * - `slice`: bytes from the target arrive in pieces of `pieceBytes`, one each `intervalMs`.
 * - `limit`: both sides see an orderly close (FIN) after exactly `bytes` bytes; 0: at once.
 * - `slow-close`: when one side closes, the other is told `delayMs` later.
 * - `refuse`: the port is closed: open connections are reset, new ones refused.
 */
export type Toxic =
  | { readonly type: 'latency'; readonly delayMs: number; readonly jitterMs?: number }
  | { readonly type: 'stall' }
  | { readonly type: 'reset'; readonly afterBytes?: number }
  | { readonly type: 'slice'; readonly pieceBytes: number; readonly intervalMs: number }
  | { readonly type: 'limit'; readonly bytes: number }
  | { readonly type: 'slow-close'; readonly delayMs: number }
  | { readonly type: 'refuse' };

/** @throws {RangeError} that names the number which makes no sense */
export function checkToxic(toxic: Toxic): void {
  for (const [name, value] of Object.entries(toxic)) {
    if (typeof value !== 'number') continue;
    const least = name === 'pieceBytes' ? 1 : 0;
    const whole =
      !name.endsWith('Bytes') && name !== 'bytes' ? Number.isFinite(value) : Number.isInteger(value);
    if (!whole || value < least)
      throw new RangeError(`${toxic.type}: ${name} is ${value}, and must be at least ${least}`);
  }
}
