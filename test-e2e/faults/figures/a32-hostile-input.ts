import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { ManagedProcess } from '@switchyard/deploy';
import { request } from 'undici';
import { type ProcessMetrics, processMetrics } from '../../support/process-metrics.ts';
import { startTestFleet, type TestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const MIB = 1024 * 1024;
const DEPTH = 2_000_000;
const BOMB_BYTES = 256 * MIB;
const RESETS = 20_000;
const RESETS_AT_ONCE = 200;
const LARGE_MESSAGES = 20;
const LARGE_BYTES = 5_000_000;
const MOST_LAG_MS = 50;
const MOST_GROWTH_BYTES = 50 * MIB;
/** Garbage is collected when there is time for it: memory is what it is at the least within so many looks. */
const LOOKS = 10;
const LOOK_EVERY_MS = 500;

/** Who is attacked, and by which key. */
interface Victim {
  readonly process: ManagedProcess;
  readonly apiKey: string;
  readonly client: SwitchyardClient;
}

type Attack = (victim: Victim) => Promise<unknown>;

/** Each is refused, or answered where there is nothing wrong in it but its size. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  'JSON depth': async (victim) => {
    const nested = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
    await post(victim, `{"model":"sim-fast","messages":${nested}}`);
    await post(victim, `{"model":"sim-fast","messages":[],"x":${nested}}`);
    const deep = '{"a":'.repeat(DEPTH / 5) + 1 + '}'.repeat(DEPTH / 5);
    await post(victim, `{"model":"sim-fast","messages":[],"metadata":${deep}}`);
    const passthrough = { ...textRequest('sim-fast', 'hello'), passthroughJson: nested };
    await victim.client.complete(passthrough).catch(() => undefined);
  },
  'gzip bomb': async (victim) => {
    const bomb = gzipSync(Buffer.alloc(BOMB_BYTES, 0x20));
    await post(victim, bomb, { 'content-encoding': 'gzip' });
  },
  ReDoS: async (victim) => {
    for (const text of ['a'.repeat(100_000), `${' '.repeat(100_000)}!`, `${'=,'.repeat(50_000)}`]) {
      await post(victim, JSON.stringify({ model: text, messages: [{ role: 'user', content: 'Hi' }] }));
      await post(victim, JSON.stringify(withImage(`data:${text}`)));
      await post(victim, JSON.stringify(withImage(`data:image/png;base64,${text}`)));
    }
    for (const name of [
      'x-switchyard-labels',
      'x-switchyard-tags',
      'cache-control',
      'authorization',
      'traceparent',
    ])
      await post(victim, '{}', { [name]: `${'a= ,'.repeat(4_000)}!` });
  },
  'HTTP/2 rapid reset': async ({ process }) => {
    for (let sent = 0; sent < RESETS; ) sent += await resetStreams(process.address, RESETS - sent);
  },
  '5 MB message': async ({ client }) => {
    for (let i = 0; i < LARGE_MESSAGES; i++)
      await client.complete(textRequest('sim-fast', 'x'.repeat(LARGE_BYTES))).catch(() => undefined);
  },
};

/** A caller with a key that is right sends what is not. */
export const a32: Figure = {
  id: 'A32',
  what: `JSON of depth ${DEPTH}, a gzip bomb, texts for regular expressions, ${RESETS} HTTP/2 streams begun and reset, ${LARGE_MESSAGES} messages of 5 MB`,
  promised: 'alive; event loop p99 ≤50 ms; RSS ≤+50 MB',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: ['primary'],
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const victim = victimOf(started);
    await warmUp(victim);
    const before = await settled(victim);
    const grownMb = (rssBytes: number) => signed((rssBytes - before.rssBytes) / MIB);
    const parts: string[] = [];
    let worstMs = 0;
    for (const [name, attack] of Object.entries(ATTACKS)) {
      await processMetrics(victim.process);
      await attack(victim);
      await victim.client.complete(textRequest('sim-fast', `Are you there after ${name}?`));
      const { loopP99Ms, rssBytes } = await processMetrics(victim.process);
      worstMs = Math.max(worstMs, loopP99Ms);
      parts.push(`${name} ${loopP99Ms.toFixed(0)} ms (RSS ${grownMb(rssBytes)} MB)`);
    }
    const after = await settled(victim);
    const isAlive = after.startedAtS === before.startedAtS;
    return {
      measured: `p99 of the event loop: ${parts.join(', ')}; RSS ${grownMb(after.rssBytes)} MB after ${(LOOKS * LOOK_EVERY_MS) / 1_000} s; ${isAlive ? 'alive' : 'started anew'}`,
      held: worstMs <= MOST_LAG_MS && after.rssBytes - before.rssBytes <= MOST_GROWTH_BYTES && isAlive,
    };
  },
};

function victimOf({ fleet, clients: [client] }: TestFleet): Victim {
  return { process: fleet.process('routing'), apiKey: fleet.apiKey, client: client as SwitchyardClient };
}

/** Code that is new and memory that is taken for the first time are no attack. */
async function warmUp({ client }: Victim): Promise<void> {
  for (let i = 0; i < 300; i++) await client.complete(textRequest('sim-fast', `Warm-up ${i}`));
  for (let i = 0; i < 5; i++)
    await client.complete(textRequest('sim-fast', 'x'.repeat(LARGE_BYTES))).catch(() => undefined);
}

/** The look that saw the least memory. */
async function settled({ process }: Victim): Promise<ProcessMetrics> {
  let least = await processMetrics(process);
  for (let i = 1; i < LOOKS; i++) {
    await sleep(LOOK_EVERY_MS);
    const seen = await processMetrics(process);
    if (seen.rssBytes < least.rssBytes) least = seen;
  }
  return least;
}

const signed = (mb: number): string => `${mb < 0 ? '−' : '+'}${Math.abs(mb).toFixed(0)}`;

async function post(
  { process, apiKey }: Victim,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<void> {
  const answer = await request(`${process.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body,
  });
  await answer.body.dump();
}

const withImage = (url: string) => ({
  model: 'sim-fast',
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
});

/** Begins streams and resets each at once (CVE-2023-44487), until they are enough or the server ends the connection. @returns how many */
async function resetStreams(address: string, most: number): Promise<number> {
  const session = connect(`http://${address}`);
  session.on('error', () => undefined);
  let sent = 0;
  while (sent < most && !session.closed && !session.destroyed) {
    for (let i = 0; i < RESETS_AT_ONCE && !session.closed && !session.destroyed; i++, sent++)
      resetOne(session);
    await sleep(0);
  }
  session.destroy();
  return Math.max(1, sent);
}

function resetOne(session: ClientHttp2Session): void {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/switchyard.routing.v1.InferenceService/Complete',
    'content-type': 'application/grpc',
  });
  stream.on('error', () => undefined);
  stream.close(constants.NGHTTP2_CANCEL);
}
