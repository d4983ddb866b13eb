import type { Permission } from '@switchyard/contracts';
import type { StatusCode } from '@switchyard/kernel';
import type { Principal } from '../auth/principal.ts';

/** What is known of a call when it ends. */
export interface EndedCall {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly code: StatusCode | 'OK';
  readonly durationMs: number;
}

/** Told of every call that ends. */
export type ObserveCall = (call: EndedCall) => void;

/** A call that was refused because its caller's role lacks the permission. */
export interface DeniedCall {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly permission: Permission;
  readonly principal: Principal;
}

/** Told of every call that its caller had no permission for. */
export type ObserveDenial = (call: DeniedCall) => void;
