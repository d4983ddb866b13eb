/** A request that came with an idempotency key. */
export interface KeyedRequest {
  readonly tenant: string;
  readonly idempotencyKey: string;
  /** SHA-256 of everything that makes it this request and no other. */
  readonly requestDigest: Buffer;
}

/** A key that this process answers for. */
export interface ClaimedKey extends KeyedRequest {
  readonly claimId: string;
}

/** What is known of a key. */
export type Claim =
  /** Nothing: it is this request's now. */
  | { readonly kind: 'claimed'; readonly claimed: ClaimedKey }
  /** It is being answered, or whoever answered it is gone, and nobody knows. */
  | { readonly kind: 'in-flight' }
  /** It was charged for, but there is no whole answer to give again. */
  | { readonly kind: 'broken' }
  /** It belongs to another request. */
  | { readonly kind: 'other-request' }
  | { readonly kind: 'answered'; readonly answer: Buffer };
