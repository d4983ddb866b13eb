import { err, ok, type Result } from '@switchyard/kernel';
import { isObject, parseJson } from '../../formats/json.ts';
import { plainToken } from '../../formats/safe-text.ts';
import type { KeyProblem, RequestAuthorization } from '../authorization.ts';

/** An access token, ready to be shown. */
export interface AccessToken {
  readonly authorization: RequestAuthorization;
  /** How long it is good, in ms from when it was given out. */
  readonly lifeMs: number;
}

/** Where a server does not say. RFC 6749 §5.1 recommends that it does. */
const DEFAULT_LIFE_SECONDS = 300;
const MAX_LIFE_SECONDS = 86_400;
/** RFC 6750 §2.1 */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** What a token server answered. Its code of an error is told, its words are not: they can quote the secret. */
export function readAccessToken(answer: {
  readonly status: number;
  readonly body: string;
}): Result<AccessToken, KeyProblem> {
  const body = parseJson(answer.body);
  const fields = isObject(body) ? body : {};
  if (answer.status !== 200) {
    const code = plainToken(fields.error);
    return err({
      description: `its token server answered ${answer.status}${code === undefined ? '' : ` ${code}`}`,
    });
  }
  const { access_token: token, expires_in: seconds = DEFAULT_LIFE_SECONDS } = fields;
  if (typeof token !== 'string' || !TOKEN.test(token))
    return err({ description: 'its token server answered without an access token' });
  const life = Number(seconds);
  return ok({
    authorization: {
      kind: 'fixed',
      headers: Object.freeze({ authorization: `Bearer ${token}` }),
      secrets: [token],
    },
    lifeMs: (life > 0 ? Math.min(life, MAX_LIFE_SECONDS) : DEFAULT_LIFE_SECONDS) * 1_000,
  });
}
