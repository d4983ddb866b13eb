import { AddressNotAllowedError } from '@switchyard/service-kit';
import { Agent, request } from 'undici';
import type { DeliveryOutcome } from '../domain/delivery-plan.ts';
import { readPlace } from '../domain/place.ts';
import { lookupFor, type ReachRules } from './reach-rules.ts';

const TIMEOUT_MS = 10_000;
/** Statuses by which a server says that the same may be taken later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** What is posted. */
export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts JSON once: by judged addresses only, TLS 1.3, no redirects. What failed names neither the URL nor what was answered. */
export async function postJson(
  { url, headers, body }: JsonPost,
  rules: ReachRules,
): Promise<DeliveryOutcome> {
  const place = readPlace(url, ['https', 'http']);
  if (place === undefined) return { kind: 'failed', isFinal: true, reason: 'the URL cannot be read' };
  let agent: Agent | undefined;
  try {
    const connect = { timeout: TIMEOUT_MS, minVersion: 'TLSv1.3', lookup: lookupFor(place, rules) } as const;
    agent = new Agent({ connect, pipelining: 0 });
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'switchyard', ...headers },
      body,
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.dump({ limit: 65_536 });
    if (statusCode < 300) return { kind: 'delivered' };
    const isFinal = statusCode < 500 && !LATER.has(statusCode);
    return { kind: 'failed', isFinal, reason: `HTTP ${statusCode}` };
  } catch (error) {
    return { kind: 'failed', isFinal: false, reason: describeFailure(error) };
  } finally {
    await agent?.destroy().catch(() => undefined);
  }
}

/** Words for a failed connection, without addresses. */
export function describeFailure(error: unknown): string {
  if (error instanceof AddressNotAllowedError) return error.message;
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? `no connection: ${code}` : 'no connection';
}
