import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/create-key.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { wrongKey } from '../support/wrong-key.ts';

let started: TestFleet;
let control: SimulatorControl;
let openai: OpenAI;

/** As a user of `.switchyard/dev.env` would: the address and the key, nothing else. */
const clientWith = (apiKey: string): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${started.fleet.devEnv.SWITCHYARD_HTTP_URL}/v1`, maxRetries: 0 });

beforeAll(async () => {
  started = await startTestFleet();
  control = new SimulatorControl(started.fleet.simulatorUrl);
  openai = clientWith(started.fleet.devEnv.SWITCHYARD_API_KEY as string);
});

afterAll(() => started?.[Symbol.asyncDispose]());

const hello = {
  model: 'sim-fast',
  messages: [{ role: 'user', content: 'Hello' }],
} satisfies OpenAI.ChatCompletionCreateParams;

test('a request in one piece: text, finish reason, usage', async () => {
  const answer = await openai.chat.completions.create(hello);
  expect(answer.object).toBe('chat.completion');
  expect(answer.model).toBe('sim-fast');
  expect(answer.choices[0]?.message.content).toMatch(/^Simulated answer:/);
  expect(answer.choices[0]?.finish_reason).toBe('stop');
  const { prompt_tokens = 0, completion_tokens, total_tokens } = answer.usage ?? {};
  expect(prompt_tokens).toBeGreaterThan(0);
  expect([completion_tokens, total_tokens]).toEqual([12, prompt_tokens + 12]);
});

test('a stream: the same text piece by piece, and usage at its end', async () => {
  const stream = await openai.chat.completions.create({
    ...hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let pieces = 0;
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const { choices, usage: told } of stream) {
    text += choices[0]?.delta.content ?? '';
    pieces += choices[0]?.delta.content ? 1 : 0;
    usage = told ?? usage;
  }
  const whole = await openai.chat.completions.create(hello);
  expect(text).toBe(whole.choices[0]?.message.content);
  expect(pieces).toBeGreaterThan(1);
  expect(usage).toEqual(whole.usage);
});

test('the package’s own assembling of a stream agrees with it', async () => {
  const completion = await openai.chat.completions.stream(hello).finalChatCompletion();
  expect(completion.choices[0]?.message.content).toMatch(/^Simulated answer:/);
});

test('each model is listed, and can be asked for by name', async () => {
  const ids: string[] = [];
  for await (const model of openai.models.list()) ids.push(model.id);
  expect(ids).toEqual(expect.arrayContaining(['auto', 'sim-fast', 'primary/sim-fast', 'secondary/sim-fast']));
  expect(await openai.models.retrieve('secondary/sim-fast')).toMatchObject({ owned_by: 'secondary' });
  const answer = await openai.chat.completions
    .create({ ...hello, model: 'secondary/sim-fast' })
    .withResponse();
  expect(answer.response.headers.get('x-switchyard-provider')).toBe('secondary');
});

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const ask = (change: object, client = openai) =>
  failureOf(client.chat.completions.create({ ...hello, ...change }) as Promise<unknown>);

test('errors arrive as the package’s own classes and name the field', async () => {
  const { fleet } = started;
  const refused = await ask({}, clientWith(wrongKey(fleet.apiKey)));
  expect(refused).toBeInstanceOf(AuthenticationError);
  expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key' });
  const unknown = await ask({ model: 'no-such-model' });
  expect(unknown).toBeInstanceOf(NotFoundError);
  expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  const negative = await ask({ max_tokens: -1 });
  expect(negative).toBeInstanceOf(BadRequestError);
  expect(negative).toMatchObject({ status: 400, param: expect.stringContaining('max_tokens') });
  const role = await ask({ messages: [{ role: 'wizard', content: 'x' }] });
  expect(role).toBeInstanceOf(BadRequestError);
  expect(role).toMatchObject({ param: expect.stringContaining('role') });
  const viewer = await createKey(fleet, { tenant: 'default', role: 'viewer' });
  const denied = await ask({}, clientWith(viewer.secret));
  expect(denied).toBeInstanceOf(PermissionDeniedError);
});

test('what every provider answers is told in the class of its kind', async () => {
  await control.setFaults('*', [{ fault: { type: 'status', status: 429, retryAfter: 2 } }]);
  const limited = await ask({});
  expect(limited).toBeInstanceOf(RateLimitError);
  expect((limited as RateLimitError).headers.get('retry-after')).toBe('2');
  await control.setFaults('*', [{ fault: { type: 'status', status: 500 } }]);
  await expect
    .poll(async () => ask({}), { timeout: 20_000, interval: 500 })
    .toBeInstanceOf(InternalServerError);
  await control.clearFaults();
});
