import { createVerify, hash, randomBytes } from 'node:crypto';
import { isJsonObject } from '../shape/json-object.ts';

/** A service account whose assertions are believed. */
export interface ServiceAccount {
  /** "name@project.iam.gserviceaccount.com" */
  readonly clientEmail: string;
  /** Public half of its key, in PEM. */
  readonly publicKey: string;
}

/** What a token server answers. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: string;
}

/** Gives out access tokens for assertions that a known service account signed, and knows them again. */
export interface TokenServer {
  /** @param form `application/x-www-form-urlencoded` */
  exchange(form: string, wallMs: number): TokenAnswer;
  /** Whether this token was given out here, and is good still. */
  accepts(token: string, wallMs: number): boolean;
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** As Google answers. */
const LIFE_SECONDS = 3_599;
/** Tokens that are remembered; the oldest one goes first. */
const MAX_TOKENS = 10_000;
const CLOCK_SKEW_SECONDS = 300;

/** https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
export function tokenServer(accounts: readonly ServiceAccount[]): TokenServer {
  const keys = new Map(accounts.map(({ clientEmail, publicKey }) => [clientEmail, publicKey]));
  const goodUntilMs = new Map<string, number>();
  return {
    exchange(form, wallMs) {
      const fields = new URLSearchParams(form);
      if (fields.get('grant_type') !== GRANT_TYPE)
        return refused('unsupported_grant_type', 'Invalid grant_type');
      const problem = findAssertionProblem(fields.get('assertion') ?? '', { keys, wallMs });
      if (problem !== undefined) return refused('invalid_grant', problem);
      const token = `ya29.${randomBytes(24).toString('base64url')}`;
      goodUntilMs.set(digest(token), wallMs + LIFE_SECONDS * 1_000);
      if (goodUntilMs.size > MAX_TOKENS) goodUntilMs.delete(goodUntilMs.keys().next().value as string);
      return answer(200, { access_token: token, expires_in: LIFE_SECONDS, token_type: 'Bearer' });
    },
    accepts: (token, wallMs) => (goodUntilMs.get(digest(token)) ?? 0) > wallMs,
  };
}

function findAssertionProblem(
  assertion: string,
  { keys, wallMs }: { readonly keys: ReadonlyMap<string, string>; readonly wallMs: number },
): string | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const { alg } = partOf(header);
  const { iss, scope, iat, exp } = partOf(claims);
  const key = typeof iss === 'string' ? keys.get(iss) : undefined;
  if (key === undefined) return 'Invalid grant: account not found';
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  if (alg !== 'RS256' || !verify.verify(key, signature, 'base64url')) return 'Invalid JWT Signature.';
  if (scope !== SCOPE) return 'Invalid OAuth scope or ID token audience provided.';
  const seconds = wallMs / 1_000;
  const isTimely =
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    exp > seconds - CLOCK_SKEW_SECONDS &&
    iat < seconds + CLOCK_SKEW_SECONDS &&
    exp - iat <= 3_600;
  return isTimely
    ? undefined
    : 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
}

function partOf(encoded: string): Readonly<Record<string, unknown>> {
  try {
    const part: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return isJsonObject(part) ? part : {};
  } catch {
    return {};
  }
}

const refused = (error: string, error_description: string): TokenAnswer =>
  answer(400, { error, error_description });

const answer = (status: number, body: object): TokenAnswer => ({ status, body: JSON.stringify(body) });

const digest = (token: string): string => hash('sha256', token, 'base64');
