import { SwitchyardClient, textRequest } from '@switchyard/client';
import { freePort } from '@switchyard/testkit/processes';
import { Pool } from 'undici';
import { startPortkey } from '../support/portkey-gateway.ts';
import type { TestFleet } from '../support/test-fleet.ts';
import {
  ANSWER_TOKENS,
  CHAT_BODY,
  MODEL,
  PROMPT,
  STREAM_BODY,
  STREAM_TOKENS,
  type Target,
} from './target.ts';

/** Connections of each HTTP target, as many as requests under way. */
export interface TargetOptions {
  readonly started: TestFleet;
  readonly connections: number;
}

/**
 * Longest that a connection is kept without use. While the other targets have their turn it is out of use for longer than servers keep one
 * (Portkey: 5 s, Switchyard: 65 s), and what is sent while the server closes it is lost (RFC 9112, 9.3.1): so the client closes it, well before.
 */
const KEPT_MS = 2_000;

/** The end of a stream in OpenAI's shape. */
const DONE = 'data: [DONE]\n\n';

interface HttpTarget {
  readonly name: string;
  readonly pid: number | undefined;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly onDispose?: () => Promise<void>;
}

/** The provider itself, without anything in between. */
export const direct = ({ started, connections }: TargetOptions): Target =>
  httpTarget({
    name: 'direct',
    pid: undefined,
    url: `${started.fleet.simulatorUrl}/primary/v1/chat/completions`,
    headers: { authorization: 'Bearer simulated-key' },
    connections,
  });

/** Switchyard's OpenAI-compatible HTTP. */
export const switchyardHttp = ({ started, connections }: TargetOptions): Target =>
  httpTarget({
    name: 'Switchyard HTTP',
    pid: started.fleet.process('routing').pid,
    url: `${started.fleet.httpUrl}/v1/chat/completions`,
    headers: { authorization: `Bearer ${started.fleet.apiKey}` },
    connections,
  });

/** The same where the answer is in Switchyard's memory: the provider is asked once. */
export const switchyardCached = ({ started, connections }: TargetOptions): Target =>
  httpTarget({
    name: 'Switchyard HTTP, cached',
    pid: started.fleet.process('routing').pid,
    url: `${started.fleet.httpUrl}/v1/chat/completions`,
    headers: { authorization: `Bearer ${started.fleet.apiKey}`, 'x-switchyard-cache': 'on' },
    connections,
  });

/** Switchyard's gRPC. */
export function switchyardGrpc({ started }: TargetOptions): Target {
  const client = new SwitchyardClient({ address: started.fleet.grpcAddress, apiKey: started.fleet.apiKey });
  const request = { ...textRequest(MODEL, PROMPT), sampling: { maxOutputTokens: ANSWER_TOKENS } };
  return {
    name: 'Switchyard gRPC',
    pid: started.fleet.process('routing').pid,
    async ask() {
      await client.complete(request);
    },
    async stream(onPiece) {
      const longer = { ...request, sampling: { maxOutputTokens: STREAM_TOKENS } };
      for await (const _ of client.stream(longer)) onPiece(1);
    },
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  };
}

/** Portkey Gateway, in front of the same provider. */
export async function portkey({ started, connections }: TargetOptions): Promise<Target> {
  const gateway = await startPortkey(await freePort());
  return httpTarget({
    name: 'Portkey Gateway',
    pid: gateway.pid,
    url: `${gateway.baseUrl}/chat/completions`,
    headers: {
      authorization: 'Bearer simulated-key',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${started.fleet.simulatorUrl}/primary/v1`,
    },
    connections,
    onDispose: () => gateway[Symbol.asyncDispose](),
  });
}

function httpTarget({ name, pid, url, headers, connections, onDispose }: HttpTarget): Target {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, keepAliveMaxTimeout: KEPT_MS });
  const post = (body: string) => ({
    method: 'POST' as const,
    path: pathname,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return {
    name,
    pid,
    async ask() {
      const { statusCode, body } = await pool.request(post(CHAT_BODY));
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${text.slice(0, 300)}`);
    },
    async stream(onPiece) {
      const { statusCode, body } = await pool.request(post(STREAM_BODY));
      let end = '';
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const text = chunk.toString('latin1');
        onPiece(text.split('data: ').length - 1);
        end = (end + text).slice(-DONE.length);
      }
      if (statusCode !== 200 || end !== DONE) throw new Error(`${name}: ${statusCode}, ended with ${end}`);
    },
    async [Symbol.asyncDispose]() {
      await pool.close();
      await onDispose?.();
    },
  };
}
