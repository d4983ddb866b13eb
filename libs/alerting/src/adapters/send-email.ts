import { connect, type LookupFunction, type Socket } from 'node:net';
import type { HostAndPort } from '@switchyard/kernel';
import { isNamed } from '@switchyard/service-kit';
import { createTransport } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import type { AlertNotice } from '../domain/alert-notice.ts';
import type { DeliveryOutcome } from '../domain/delivery-plan.ts';
import { textOf, titleOf } from '../domain/notice-text.ts';
import { readPlace } from '../domain/place.ts';
import type { EmailTarget, Place } from '../domain/receiver.ts';
import { describeFailure } from './post-json.ts';
import { lookupFor, type ReachRules } from './reach-rules.ts';

const TIMEOUT_MS = 10_000;
/** Longest time of a whole e-mail. */
const WHOLE_MS = 30_000;

/** What is written, and by which password. */
export interface Email {
  readonly target: EmailTarget;
  /** Stays the same when the same is sent again: readers' programs show it once. */
  readonly id: string;
  readonly notice: AlertNotice;
  /** '' where the server wants none. */
  readonly password: string;
}

/**
 * Writes an e-mail once. SMTP, its extensions and MIME are nodemailer's: it has no dependencies, it is what everybody uses, and
 * doing that well would be a project of its own. Only the connection is ours, so that addresses are judged.
 */
export async function sendEmail(email: Email, rules: ReachRules): Promise<DeliveryOutcome> {
  const { target, id, notice } = email;
  const place = readPlace(target.server, ['smtps', 'smtp']);
  if (place === undefined) return { kind: 'failed', isFinal: true, reason: 'the server cannot be read' };
  let transport: ReturnType<typeof createTransport> | undefined;
  try {
    transport = createTransport(optionsOf(email, place, rules));
    await transport.sendMail({
      from: target.from,
      to: [...target.to],
      messageId: `<${id}@switchyard>`,
      subject: titleOf(notice),
      text: textOf(notice),
      headers: { 'auto-submitted': 'auto-generated' },
      // The limits of the connection are for silence only: a server that drips would never end.
      signal: AbortSignal.timeout(WHOLE_MS),
    });
    return { kind: 'delivered' };
  } catch (error) {
    return refused(error);
  } finally {
    transport?.close();
  }
}

function optionsOf(
  { target: { user }, password }: Email,
  place: Place,
  rules: ReachRules,
): SMTPTransport.Options {
  const lookup = lookupFor(place, rules);
  return {
    ...{ host: place.host, port: place.port, secure: place.scheme === 'smtps' },
    // Plain text is for hosts that an operator vouches for.
    requireTLS: place.scheme === 'smtp' && !isNamed(place, rules.named),
    tls: { minVersion: 'TLSv1.3' },
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    getSocket: (_, callback) => open({ ...place, lookup }, callback),
  };
}

function open(
  target: HostAndPort & { readonly lookup: LookupFunction },
  callback: (error: Error | null, opened: { connection: Socket } | undefined) => void,
): void {
  const socket = connect({ ...target, autoSelectFamily: true, timeout: TIMEOUT_MS });
  const fail = (error: Error) => callback(error, undefined);
  socket.once('timeout', () =>
    socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })),
  );
  socket.once('error', fail);
  socket.once('connect', () => {
    socket.removeAllListeners('timeout');
    socket.off('error', fail);
    socket.setTimeout(0);
    callback(null, { connection: socket });
  });
}

/** Codes of RFC 5321 §4.2.1: those that begin with 5 are for good. The server's words may repeat what it was sent. */
function refused(error: unknown): DeliveryOutcome {
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  if (typeof responseCode === 'number')
    return { kind: 'failed', isFinal: responseCode >= 500, reason: `SMTP ${responseCode}` };
  if (code === 'ETLS') return { kind: 'failed', isFinal: false, reason: 'the server offers no TLS' };
  return { kind: 'failed', isFinal: false, reason: describeFailure(error) };
}
