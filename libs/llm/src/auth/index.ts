export { AUTH_STYLES, type AuthStyle, isAuthStyle } from './auth-style.ts';
export {
  type Authorization,
  type KeyProblem,
  NO_AUTHORIZATION,
  type RequestAuthorization,
  type Secrets,
} from './authorization.ts';
export { type AccessToken, readAccessToken } from './oauth/read-token.ts';
export type { TokenGrant } from './oauth/token-grant.ts';
export { readKey } from './read-key.ts';
