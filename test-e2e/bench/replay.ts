import { SwitchyardClient } from '@switchyard/client';
import { Role } from '@switchyard/contracts/routing';
import { Pool } from 'undici';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { at } from './measure.ts';
import { replay } from './savings/replay.ts';
import { readAzure, readMooncake, type TracedCall } from './savings/traced-call.ts';
import { MODEL } from './target.ts';

/**
 * `npm run bench -- replay [speed-up]`, 20 without: the arrivals of two real traces, so many times as fast, with their lengths of
 * prompts and answers; at the provider directly, and through Switchyard by HTTP and gRPC. A request's time begins when it was due:
 * what waited for others waited. What is added is the difference to the provider's own times.
 */
const MOST_SPEED = 1_000;
const BYTES_PER_TOKEN = 4;
/** Longest answer that is asked for: what is measured is what is added, and the simulator's own time is not. */
const MOST_OUTPUT_TOKENS = 256;

const [, speedText = '20'] = process.argv.slice(2);
const speed = Number(speedText);
if (!(speed >= 1 && speed <= MOST_SPEED))
  throw new RangeError(`the speed-up must be a number from 1 to ${MOST_SPEED}`);

/** A way to the provider. */
interface Way extends AsyncDisposable {
  readonly name: string;
  /** @throws where it is not answered */
  readonly ask: (prompt: string, maxTokens: number) => Promise<void>;
}

interface Seen {
  readonly latenciesMs: readonly number[];
  readonly errors: ReadonlyMap<string, number>;
}

await using started = await startTestFleet({ logLevel: 'warn', answerTokens: MOST_OUTPUT_TOKENS });
await using ways = new AsyncDisposableStack();
const [direct, ...others] = [directly(started), byHttp(started), byGrpc(started)].map((way) =>
  ways.use(way),
) as [Way, ...Way[]];
say(`${speed} times as fast as they came.\n`);
say('| trace | way | requests | errors | p50 ms | p99 ms | added p50 ms | added p99 ms |');
say('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const [trace, calls] of [
  ['Azure', readAzure()],
  ['Mooncake', readMooncake()],
] as const) {
  const alone = await see(direct, calls);
  tell({ trace, way: direct, seen: alone });
  for (const way of others) tell({ trace, way, seen: await see(way, calls), alone });
}

async function see(way: Way, calls: readonly TracedCall[]): Promise<Seen> {
  const latenciesMs: number[] = [];
  const errors = new Map<string, number>();
  await replay({
    calls,
    speed,
    ask: async ({ blocks, outputTokens }, dueAtMs) => {
      const bytes = blocks.reduce((sum, { tokens }) => sum + tokens, 0) * BYTES_PER_TOKEN;
      try {
        await way.ask('word '.repeat(Math.ceil(bytes / 5)), Math.min(outputTokens, MOST_OUTPUT_TOKENS));
        latenciesMs.push(performance.now() - dueAtMs);
      } catch (error) {
        const text = (error as Error).message;
        errors.set(text, (errors.get(text) ?? 0) + 1);
      }
    },
  });
  return { latenciesMs: latenciesMs.sort((a, b) => a - b), errors };
}

interface Told {
  readonly trace: string;
  readonly way: Way;
  readonly seen: Seen;
  /** What the provider takes by itself; undefined: this is it. */
  readonly alone?: Seen;
}

function tell({ trace, way: { name }, seen: { latenciesMs, errors }, alone }: Told): void {
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0);
  const shares = [0.5, 0.99];
  const times = shares.map((share) => at(latenciesMs, share).toFixed(1));
  const added = shares.map((share) =>
    alone === undefined ? '–' : (at(latenciesMs, share) - at(alone.latenciesMs, share)).toFixed(1),
  );
  say(`| ${[trace, name, latenciesMs.length + failed, failed, ...times, ...added].join(' | ')} |`);
  for (const [text, count] of errors) process.stderr.write(`${trace}, ${name}: ${count} × ${text}\n`);
}

function directly({ fleet }: TestFleet): Way {
  const url = `${fleet.simulatorUrl}/primary/v1/chat/completions`;
  return httpWay('provider directly', { url, key: 'simulated-key' });
}

function byHttp({ fleet }: TestFleet): Way {
  return httpWay('Switchyard HTTP', { url: `${fleet.httpUrl}/v1/chat/completions`, key: fleet.apiKey });
}

function httpWay(name: string, { url, key }: { readonly url: string; readonly key: string }): Way {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return {
    name,
    async ask(prompt, maxTokens) {
      const body = JSON.stringify({
        model: MODEL,
        messages: [{ role: 'user', content: prompt }],
        max_tokens: maxTokens,
      });
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode} ${text.slice(0, 200)}`);
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function byGrpc({ fleet }: TestFleet): Way {
  const client = new SwitchyardClient({ address: fleet.grpcAddress, apiKey: fleet.apiKey });
  return {
    name: 'Switchyard gRPC',
    async ask(prompt, maxOutputTokens) {
      const parts = [{ content: { $case: 'text' as const, value: prompt } }];
      await client.complete({
        model: MODEL,
        messages: [{ role: Role.USER, parts }],
        sampling: { maxOutputTokens },
      });
    },
    [Symbol.asyncDispose]: async () => client[Symbol.dispose](),
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
