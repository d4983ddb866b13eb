import type { HostAndPort } from '@switchyard/kernel';

/** Who is told. */
export interface Receiver {
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  readonly target: ReceiverTarget;
}

/** How a receiver is reached. References are ids of secrets of the same owner. */
export type ReceiverTarget =
  | { readonly kind: 'webhook'; readonly url: string; readonly signingSecretRef: string }
  /** The address of an incoming webhook is a secret: whoever has it may post. */
  | { readonly kind: 'slack'; readonly webhookRef: string }
  | EmailTarget;

/** A mail server and who writes to whom. */
export interface EmailTarget {
  readonly kind: 'email';
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  /** '' where the server wants no user. */
  readonly user: string;
  readonly passwordRef: string;
}

/** A place on the network. */
export interface Place extends HostAndPort {
  readonly scheme: 'https' | 'http' | 'smtps' | 'smtp';
}
