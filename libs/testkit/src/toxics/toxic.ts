/**
 * One way in which a connection goes wrong. Every toxic applies to the connections that are open and to those that come,
 * and, unless it says otherwise, to both directions.
 * - `latency`: each chunk arrives `delayMs` (± up to `jitterMs`) late, in order.
 * - `stall`: a half-open connection: accepted, and from then on no byte passes either way and no close is told.
 * - `reset`: the connection is reset (RST) after `afterBytes` bytes from the target (default 0: at once).
 * - `slice`: bytes from the target arrive in pieces of `pieceBytes`, one each `intervalMs`.
 * - `limit`: the connection is closed in an orderly way (FIN) after exactly `bytes` bytes from the target.
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
