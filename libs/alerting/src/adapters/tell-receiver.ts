import { unreachable } from '@switchyard/kernel';
import type { AlertNotice } from '../domain/alert-notice.ts';
import type { DeliveryOutcome } from '../domain/delivery-plan.ts';
import { mayGoTo, readPlace } from '../domain/place.ts';
import type { Place, Receiver } from '../domain/receiver.ts';
import { signedHeaders, webhookHeaders } from '../domain/sign-webhook.ts';
import { slackBody } from '../domain/slack-body.ts';
import { webhookBody } from '../domain/webhook-body.ts';
import { postJson } from './post-json.ts';
import { forbiddenPlace, type ReachRules } from './reach-rules.ts';
import { sendEmail } from './send-email.ts';

/** A secret, and where it may be used. */
export interface ReceiverSecret {
  readonly value: Uint8Array;
  readonly allowedOrigins: readonly string[];
}

/** Reads a secret; undefined where there is none. @throws ServiceError where it cannot be read now */
export type ReadReceiverSecret = (name: {
  readonly tenant: string;
  readonly id: string;
}) => Promise<ReceiverSecret | undefined>;

/** What receivers are told by. */
export interface TellOptions {
  readonly rules: ReachRules;
  readonly readSecret: ReadReceiverSecret;
  readonly wallMs: () => number;
}

/** One thing that one receiver is told. */
export interface Telling {
  /** Id of the delivery, the same at each try. */
  readonly id: string;
  readonly receiver: Receiver;
  readonly notice: AlertNotice;
}

/** Tells a receiver once. Never throws. */
export async function tellReceiver(telling: Telling, options: TellOptions): Promise<DeliveryOutcome> {
  const { target } = telling.receiver;
  switch (target.kind) {
    case 'webhook':
      return tellWebhook(telling, target, options);
    case 'slack': {
      const url = await secretOf(target.webhookRef, telling, options);
      if (url.kind === 'failed') return url;
      const place = readPlace(textOf(url), ['https', 'http']);
      const refusal = notFor(url, place);
      if (refusal !== undefined) return refusal;
      const forbidden = place && forbiddenPlace(place, options.rules);
      if (forbidden !== undefined)
        return { kind: 'failed', isFinal: true, reason: `the address ${forbidden}` };
      return postJson({ url: textOf(url), headers: {}, body: slackBody(telling.notice) }, options.rules);
    }
    case 'email': {
      const password =
        target.passwordRef === '' ? NONE : await secretOf(target.passwordRef, telling, options);
      if (password.kind === 'failed') return password;
      const refusal =
        password === NONE ? undefined : notFor(password, readPlace(target.server, ['smtps', 'smtp']));
      if (refusal !== undefined) return refusal;
      return sendEmail({ ...telling, target, password: textOf(password) }, options.rules);
    }
    default:
      return unreachable(target);
  }
}

async function tellWebhook(
  telling: Telling,
  { url, signingSecretRef }: { readonly url: string; readonly signingSecretRef: string },
  options: TellOptions,
): Promise<DeliveryOutcome> {
  const body = webhookBody(telling.notice);
  const content = { id: telling.id, timestampS: Math.floor(options.wallMs() / 1_000), body };
  if (signingSecretRef === '')
    return postJson({ url, body, headers: webhookHeaders(content) }, options.rules);
  const secret = await secretOf(signingSecretRef, telling, options);
  if (secret.kind === 'failed') return secret;
  const refusal = notFor(secret, readPlace(url, ['https', 'http']));
  if (refusal !== undefined) return refusal;
  return postJson({ url, body, headers: signedHeaders(content, secret.value) }, options.rules);
}

type Failed = Extract<DeliveryOutcome, { kind: 'failed' }>;
type Found = ReceiverSecret & { readonly kind: 'found' };

const NONE: Found = { kind: 'found', value: new Uint8Array(), allowedOrigins: [] };

const textOf = ({ value }: ReceiverSecret): string => Buffer.from(value).toString('utf8').trim();

async function secretOf(
  id: string,
  { receiver }: Telling,
  { readSecret }: TellOptions,
): Promise<Found | Failed> {
  try {
    const secret = await readSecret({ tenant: receiver.tenant, id });
    if (secret !== undefined) return { kind: 'found', ...secret };
    return { kind: 'failed', isFinal: false, reason: `there is no secret ${id}` };
  } catch {
    return { kind: 'failed', isFinal: false, reason: `the secret ${id} cannot be read now` };
  }
}

function notFor({ allowedOrigins }: ReceiverSecret, place: Place | undefined): Failed | undefined {
  if (place !== undefined && mayGoTo(place, allowedOrigins)) return undefined;
  return {
    kind: 'failed',
    isFinal: false,
    reason: 'its secret may not be used there: see its allowed origins',
  };
}
