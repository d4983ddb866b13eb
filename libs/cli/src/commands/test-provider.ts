import { TestOutcome, TestProviderRequest, type TestResult, TestSuite } from '@switchyard/contracts/health';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { readHealth, withHealthClient } from '../health/read-health.ts';
import { outcomeWord, renderTests } from '../health/render-tests.ts';
import { testStream } from '../health/test-stream.ts';
import { Progress } from '../output/progress.ts';

/** Providers tested at once. */
const CONCURRENCY = 3;
const MAX_TIMEOUT_S = 120;

/** `switchyard test-provider` */
export const testProvider: Command = {
  usage: '[ID… | --all] [--quick | --full] [--model M] [--tenant T] [--timeout SECONDS]',
  summary:
    'Tries out what a provider can do, by calls of it that cost a little: does it answer, stream, call tools, …? Says what to do where it fails.',
  options: {
    all: { type: 'boolean' },
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    model: { type: 'string' },
    tenant: { type: 'string' },
    timeout: { type: 'string' },
  },
  maxPositionals: 100,
  async run(input) {
    const request = readRequest(input);
    const { settings, output } = input;
    const results = await withHealthClient(settings, async (client) => {
      const named =
        input.options.all === true
          ? (await readHealth(client, settings)).map(({ health }) => health)
          : input.positionals.map((provider) => ({ provider, tenant: request.tenant }));
      const progress = new Progress(input.progress ?? { write: () => {} });
      const all: TestResult[] = [];
      const waiting = [...named];
      const work = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const call = { apiKey: settings.apiKey, signal: input.signal };
          for await (const event of testStream(client, { ...request, ...addressOf(next) }, call)) {
            if (event.$case === 'plan') progress.expect(event.value.tests.length);
            else {
              all.push(event.value);
              progress.step(`${event.value.provider} ${event.value.test}`);
            }
          }
        }
      };
      try {
        await Promise.all(Array.from({ length: CONCURRENCY }, work));
      } finally {
        progress.end();
      }
      return all.sort((a, b) => named.findIndex(isOf(a)) - named.findIndex(isOf(b)));
    });
    if (output.json) output.value(results.map((one) => ({ ...one, outcome: outcomeWord(one.outcome) })));
    else output.text(renderTests(results, output.view));
    const failed = results.filter(({ outcome }) => outcome === TestOutcome.FAILED).length;
    if (failed > 0) throw new Error(`${failed} of ${results.length} tests failed`);
  },
};

const addressOf = ({ provider, tenant }: { readonly provider: string; readonly tenant: string }) => ({
  provider,
  tenant,
});

const isOf =
  (result: TestResult) =>
  ({ provider }: { readonly provider: string }): boolean =>
    provider === result.provider;

function readRequest(input: CommandInput): TestProviderRequest {
  const { all, quick, full } = input.options;
  if (quick === true && full === true) throw new UsageError('--quick and --full do not go together');
  if (all === true && input.positionals.length > 0) throw new UsageError('--all takes no provider');
  if (all !== true && input.positionals.length === 0)
    throw new UsageError('which provider? name one, or --all; "switchyard providers" lists them');
  const timeout = textOption(input, 'timeout') ?? '30';
  const seconds = /^\d{1,3}$/.test(timeout) ? Number(timeout) : 0;
  if (seconds < 1 || seconds > MAX_TIMEOUT_S)
    throw new UsageError(`--timeout must be 1 to ${MAX_TIMEOUT_S} seconds, not ${timeout}`);
  return TestProviderRequest.fromPartial({
    suite: full === true ? TestSuite.FULL : TestSuite.QUICK,
    model: textOption(input, 'model') ?? '',
    tenant: textOption(input, 'tenant') ?? '',
    testTimeout: { seconds: BigInt(seconds) },
  });
}
