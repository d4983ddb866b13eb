import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { runSwitchyard, startSwitchyard } from './run-switchyard.ts';

let started: TestFleet;
let control: SimulatorControl;

beforeAll(async () => {
  started = await startTestFleet({
    providers: ['primary', { id: 'claude', format: 'anthropic-messages' }],
    apiKeys: ['simulated-key'],
    env: { HEALTH_PROBE_IDLE_INTERVAL_MS: '1000', HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS: '300' },
  });
  control = new SimulatorControl(started.fleet.simulatorUrl);
  await vi.waitFor(async () => expect((await run('health')).out.match(/ healthy /g)).toHaveLength(2), {
    timeout: 60_000,
    interval: 1_000,
  });
});

afterAll(() => started?.[Symbol.asyncDispose]());

const run = (...args: string[]) => runSwitchyard(args, { env: started.fleet.devEnv });
// biome-ignore lint/suspicious/noExplicitAny: each command has a shape of its own, and the assertions say which
const jsonOf = async (...args: string[]): Promise<any> => JSON.parse((await run(...args, '--json')).out);

test('acceptance 8: test-provider tries everything at two wire formats, and says what no model can do', async () => {
  const { code, out, err } = await run('test-provider', '--all', '--full');
  expect([code, err]).toEqual([0, '']);
  for (const provider of ['primary', 'claude']) {
    for (const name of ['completion', 'stream', 'tools', 'structured_output', 'vision', 'output_limit'])
      expect(out).toMatch(new RegExp(`^${provider} +${name} +✓ pass +[\\d.]+ m?s +\\$0\\.\\d+ +sim-`, 'm'));
    expect(out).toMatch(new RegExp(`^${provider} +wrong_key +✓ pass .*refused as authentication$`, 'm'));
    expect(out).toMatch(
      new RegExp(`^${provider} +embeddings +– unsupported .*none of its models has embeddings$`, 'm'),
    );
  }
  expect(out).toMatch(/14 passed, 0 failed, 2 unsupported; \$0\.\d+ spent\.\n$/);
  expect(out).not.toContain('\u001b');
}, 120_000);

test('test-provider tells each failure with what to do about it, and ends with 1', async () => {
  await control.setFaults('primary', [{ fault: { type: 'status', status: 401 } }]);
  const { code, out, err } = await run('test-provider', 'primary');
  const results = JSON.parse((await run('test-provider', 'primary', '--json')).out);
  await control.clearFaults();
  expect([code, err]).toEqual([1, '2 of 2 tests failed\n']);
  expect(out).toMatch(/^primary +completion +✗ FAIL /m);
  expect(out).toMatch(
    /^primary completion: .*\(switchyard decision [0-9a-f-]{36}\)\n {2}→ the provider refuses the key/m,
  );
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['failed', 'failed']);
}, 120_000);

test('health: the table, one provider with its models and changes, and the history as CSV', async () => {
  const history = async () => (await run('health', '--history', '--csv')).out.split('\r\n');
  // It may be degraded or unhealthy first: whichever is seen before the third failure.
  const down = expect.stringMatching(/Z,primary,,\w+,unavailable,"?\d+ failures in a row/);
  await control.setFaults('primary', [{ fault: { type: 'status', status: 401 } }]);
  await vi.waitFor(async () => expect(await history()).toContainEqual(down), {
    timeout: 30_000,
    interval: 500,
  });
  await control.clearFaults();
  const [, primary] = await jsonOf('health');
  expect(primary).toMatchObject({ provider: 'primary', uptime: [{ spanSeconds: 3600 }, {}, {}] });
  expect((await jsonOf('health', 'primary')).changes.length).toBeGreaterThan(1);
  const { out } = await run('health', 'primary');
  expect(out).toMatch(/^primary is \w+, since .* ago: /);
  expect(out).toMatch(/^Up \d+\.\d % of the last hour, /m);
  expect(out).toMatch(/^Failures: \d+ authentication\.$/m);
  expect(out).toMatch(/^sim-fast +\d+\.\d % /m);
  expect((await history())[0]).toBe('time,provider,tenant,from,to,reason');
});

test('health --watch: the table, then each change until Ctrl-C', async () => {
  const child = startSwitchyard(['health', 'claude', '--watch'], started.fleet.devEnv);
  let seen = '';
  child.stdout?.on('data', (data) => (seen += data));
  await vi.waitFor(() => expect(seen).toMatch(/ claude {2}healthy: /), { timeout: 30_000 });
  await control.setFaults('claude', [{ fault: { type: 'status', status: 500 } }]);
  await vi.waitFor(() => expect(seen).toMatch(/ claude {2}unavailable: \d+ failures in a row/), {
    timeout: 60_000,
  });
  await control.clearFaults();
  child.kill('SIGINT');
  expect((await child.result).code).toBe(0);
}, 120_000);
