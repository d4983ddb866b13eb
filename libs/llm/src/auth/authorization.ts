import type { TokenGrant } from './oauth/token-grant.ts';

/** A request as it is about to be sent, for a key that signs it. */
export interface SignableRequest {
  readonly method: string;
  /** As in the header `host`: with its port, where that is not the scheme's own. */
  readonly host: string;
  /** As it is sent: percent-encoded, without the query. */
  readonly path: string;
  /** As it is sent, without "?"; `undefined` for none. */
  readonly query: string | undefined;
  /** Headers that are signed with it; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Wall time, in ms since 1970. */
  readonly wallMs: number;
}

/** A key, ready to be shown with requests. */
export type RequestAuthorization =
  /** The same headers with every request, made once. */
  | {
      readonly kind: 'fixed';
      readonly headers: Readonly<Record<string, string>>;
      readonly secrets: Secrets;
    }
  /** Headers that are made from each request. */
  | {
      readonly kind: 'signed';
      sign(request: SignableRequest): Readonly<Record<string, string>>;
      readonly secrets: Secrets;
    };

/** A secret as it was read: a key, or what an access token is asked for with. */
export type Authorization =
  | RequestAuthorization
  | { readonly kind: 'token'; readonly grant: TokenGrant; readonly secrets: Secrets };

/** Every part of the secret that must not be seen anywhere, longest first. */
export type Secrets = readonly string[];

/** For a provider that needs no key. */
export const NO_AUTHORIZATION: RequestAuthorization = Object.freeze({
  kind: 'fixed',
  headers: {},
  secrets: [],
});

/** What is wrong with a secret or its place; names fields and holds no value of them. */
export interface KeyProblem {
  /** "secret_access_key is missing" */
  readonly description: string;
}
