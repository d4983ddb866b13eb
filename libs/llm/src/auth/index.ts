export { AUTH_STYLES, type AuthStyle, isAuthStyle } from './auth-style.ts';
export { type Authorization, type KeyProblem, NO_AUTHORIZATION, type Secrets } from './authorization.ts';
export { readKey } from './read-key.ts';
