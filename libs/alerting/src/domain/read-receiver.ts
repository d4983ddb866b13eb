import type { Receiver as ReceiverMessage } from '@switchyard/contracts/alert';
import { err, type FieldViolation, ok, type Result, unreachable } from '@switchyard/kernel';
import { readPlace } from './place.ts';
import type { EmailTarget, Receiver, ReceiverTarget } from './receiver.ts';

const MAX_READERS = 20;
const SECRET_ID = /^[a-z0-9\-_./]{1,128}$/;
/** What is sent into a mail's header and to its server: nothing that could end a line or begin another address. */
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** What an id of a rule or a receiver may be. */
export const isAlertingId = (id: string): boolean => /^[a-z0-9-]{1,64}$/.test(id);

type Read<T> = Result<T, FieldViolation>;
const wrong = (field: string, description: string): Read<never> =>
  err({ field: `receiver.${field}`, description });

/** Reads a receiver; what is wrong with it is named by its field. */
export function readReceiver({ id, tenant, target }: ReceiverMessage): Read<Receiver> {
  if (!isAlertingId(id)) return wrong('id', 'must be 1 to 64 characters of a-z 0-9 -');
  const read = readTarget(target);
  return read.ok ? ok({ id, tenant, target: read.value }) : read;
}

function readTarget(target: ReceiverMessage['target']): Read<ReceiverTarget> {
  if (target === undefined) return wrong('target', 'must be webhook, slack or email');
  switch (target.$case) {
    case 'webhook': {
      const { url, signingSecretRef } = target.value;
      if (readPlace(url, ['https', 'http']) === undefined)
        return wrong('webhook.url', 'must be an https URL in plain ASCII, without a user');
      if (signingSecretRef !== '' && !SECRET_ID.test(signingSecretRef))
        return wrong('webhook.signing_secret_ref', NO_SECRET_ID);
      return ok({ kind: 'webhook', url, signingSecretRef });
    }
    case 'slack': {
      const { webhookRef } = target.value;
      if (!SECRET_ID.test(webhookRef)) return wrong('slack.webhook_ref', NO_SECRET_ID);
      return ok({ kind: 'slack', webhookRef });
    }
    case 'email':
      return readEmail({ kind: 'email', ...target.value });
    default:
      return unreachable(target);
  }
}

function readEmail({ kind, server, from, to, user, passwordRef }: EmailTarget): Read<EmailTarget> {
  const place = readPlace(server, ['smtps', 'smtp']);
  if (place === undefined || !/^[a-z]+:\/\/[^/?#]+\/?$/i.test(server))
    return wrong('email.server', 'must be smtps://host:465 or smtp://host:587');
  if (!ADDRESS.test(from)) return wrong('email.from', NO_ADDRESS);
  if (to.length < 1 || to.length > MAX_READERS)
    return wrong('email.to', `must have 1 to ${MAX_READERS} addresses`);
  const bad = to.findIndex((one) => !ADDRESS.test(one));
  if (bad >= 0) return wrong(`email.to[${bad}]`, NO_ADDRESS);
  if (user.length > 256 || /\p{Cc}/u.test(user))
    return wrong('email.user', 'must have at most 256 characters');
  if ((user === '') !== (passwordRef === ''))
    return wrong('email.password_ref', 'goes with a user, and a user with it');
  if (passwordRef !== '' && !SECRET_ID.test(passwordRef)) return wrong('email.password_ref', NO_SECRET_ID);
  return ok({ kind, server, from, to, user, passwordRef });
}

const NO_SECRET_ID = 'must be the id of a secret, 1 to 128 characters of a-z 0-9 - _ . /';
const NO_ADDRESS = 'must be an address such as ops@example.com';
