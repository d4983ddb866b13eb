import type { Principal } from '../auth/principal.ts';

/** Tells who calls, from the value of the authorization metadata; at once where it is known. */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;
