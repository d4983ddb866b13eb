import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

/** Nobody listens on port 1. */
const NOWHERE = {
  SWITCHYARD_API_KEY: 'sy_not-checked-here',
  SWITCHYARD_GRPC_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_HEALTH_PROBE_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_COST_ACCOUNTING_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_CREDENTIAL_ADDRESS: '127.0.0.1:1',
  NATS_URL: 'nats://127.0.0.1:1',
};

async function run(line: string, env: Readonly<Record<string, string>> = NOWHERE) {
  let out = '';
  let err = '';
  const code = await runCli({
    args: line === '' ? [] : line.split(' '),
    env,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    signal: AbortSignal.timeout(20_000),
  });
  return { code, out, err };
}

test('the list of commands says of each what it is for in one sentence, its own help the rest', async () => {
  const { out } = await run('help');
  const lines = out.split('\n').filter((line) => line.startsWith('  '));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => /[.?] [A-Z-]/.test(line))).toEqual([]);
  expect((await run('apply --help')).out).toContain('--expect-version refuses');
});

test.each(['', 'help', '--help', '-h'])('"switchyard %s" lists the commands', async (line) => {
  const { code, out, err } = await run(line);
  expect([code, err]).toEqual([0, '']);
  for (const name of [
    'providers',
    'health',
    'test-provider',
    'probing',
    'alerts',
    'chat',
    'batches',
    'route',
    'models',
    'costs',
    'keys',
    'decision',
    'events',
    'catalog',
    'apply',
    'export',
  ])
    expect(out).toContain(`\n  ${name} `);
});

test('a command tells of itself without a key', async () => {
  const { code, out } = await run('route --help', {});
  expect(code).toBe(0);
  expect(out).toMatch(/^switchyard route .*--explain.*\n\n.+\n$/);
});

test.each([
  ['bogus', 'There is no command bogus.'],
  ['toString', 'There is no command toString.'],
  ['route --bogus', "Unknown option '--bogus'; see switchyard route --help"],
  [
    'budgets set b --usd -1',
    '--usd has no value; one that begins with a dash is written --usd=-1; see switchyard budgets --help',
  ],
  [
    'chat -m --json hi',
    '-m has no value; one that begins with a dash is written -m-1; see switchyard chat --help',
  ],
  ['chat --model', "Option '-m, --model <value>' argument missing; see switchyard chat --help"],
  ['providers extra', 'providers does not take "extra"; see switchyard providers --help'],
  ['test-provider', 'which provider? name one, or --all; "switchyard providers" lists them'],
  ['test-provider a --quick --full', '--quick and --full do not go together'],
  ['test-provider a --timeout 121', '--timeout must be 1 to 120 seconds, not 121'],
  ['probing set', 'probing set needs the id of a provider'],
  ['probing list --bogus', "Unknown option '--bogus'; see switchyard probing --help"],
  ['probing set a --interval 0', '--interval must be from 1 second; --off sends no probes'],
  [
    'alerts bogus',
    'alerts bogus? There are list, rules, receivers, apply, test, remove-rule, remove-receiver',
  ],
  ['alerts apply', 'alerts apply needs a document: -f FILE'],
  ['alerts test', 'alerts test needs an id'],
  ['health --csv', '--csv and --since go with --history'],
  ['health --history --watch', '--history and --watch do not go together'],
  ['health --history --since soon', '--since must be a number and m, h or d: 30m, 24h, 7d'],
  ['batches begin', 'batches begin? There are list, get and cancel'],
  ['batches get', 'batches get needs the id of a batch'],
  ['batches list x', 'batches list does not take "x"'],
  ['keys create a b', 'keys does not take "b"; see switchyard keys --help'],
  ['keys create', 'keys create needs a name'],
  ['keys revoke', 'keys revoke needs a key id'],
  ['keys foo', 'keys foo? There are list, create, rotate and revoke'],
  ['keys toString', 'keys toString? There are list, create, rotate and revoke'],
  ['keys rotate x --overlap soon', '--overlap must be a whole number of seconds'],
  ['decision', 'which request? give the request id of an answer'],
  ['events', 'events needs "tail"'],
  ['apply', 'apply needs a document: -f FILE'],
  ['export -o xml', '--output must be yaml or json, not xml'],
  ['costs --since yesterday', '--since must be a number and m, h or d: 30m, 24h, 7d'],
  ['route --max-cost much', '--max-cost must be an amount of USD such as 0.01, not much'],
  ['completion', 'completion needs a shell: bash, zsh, fish'],
  ['catalog', 'catalog needs "refresh"'],
  ['catalog refresh --verify many', '--verify must be a whole number from 0 to 100000, not many'],
  ['catalog refresh --day tomorrow', '--day must be a day such as 2026-08-21, not tomorrow'],
  ['catalog refresh --allow-shrink 101', '--allow-shrink must be a whole number from 0 to 100, not 101'],
  ['catalog refresh --retrieved litellm', '--retrieved must be like litellm=2026-07-24, not litellm'],
  [
    'models --max-input-price much',
    '--max-input-price must be USD per million tokens such as 0.50, not much',
  ],
  ['models --min-context 1k', '--min-context must be a whole number from 0 to 9007199254740991, not 1k'],
  [
    'models --all --capability fly',
    '--capability fly is not known; there are text, vision, audio_in, audio_out, image_generation, embeddings, rerank, code, tools, structured_output, streaming, reasoning, long_context, batch, moderation, video, speech, transcription',
  ],
  ['models --all --provider nobody', '--provider: the catalog has no nobody'],
  [
    'route --strategy luck',
    '--strategy must be one of priority, cost, weighted, least_loaded, latency, health, least_recently_used, composite, not luck',
  ],
])('"switchyard %s" is not understood, and says why', async (line, why) => {
  const { code, out, err } = await run(line);
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')[0]).toBe(why);
});

test.each([
  'providers',
  'health',
  'health a',
  'test-provider a',
  'probing',
  'alerts',
  'health --watch',
  'models',
  'route',
  'chat hello',
  'batches',
  'costs',
  'keys',
  'decision x',
  'pools',
  'limits',
  'export',
])('"switchyard %s" says what to do where nobody answers', async (line) => {
  const { code, out, err } = await run(line);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^There is no connection \(.*127\.0\.0\.1:1\)\. Is Switchyard running\? .*npm start/);
});

test('events tell which server was asked', async () => {
  expect(await run('events tail')).toMatchObject({
    code: 1,
    err: 'there is no connection to NATS at 127.0.0.1:1 (CONNECTION_REFUSED); NATS_URL says where it is\n',
  });
  const { err } = await run('events tail', { ...NOWHERE, NATS_URL: 'here' });
  expect(err).toBe(
    'NATS_URL must be an address such as nats://127.0.0.1:4222, or tls://… where the bus has TLS\n',
  );
});
