import { Usage } from '@switchyard/contracts/routing';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, expect, test, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

test('every count that was reported is kept', async () => {
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  const usage = Usage.fromPartial({
    inputTokens: 4_000_000_000,
    cacheReadTokens: 1,
    cacheWriteTokens: 2,
    cacheWrite1hTokens: 1,
    outputTokens: 5,
    reasoningTokens: 3,
    inputAudioTokens: 4,
    outputAudioTokens: 1,
    searches: 6,
    outputImages: 7,
    sizedOutputImages: 2,
    inputImageTokens: 8,
    outputImageTokens: 9,
    inputAudioSeconds: 10,
    outputAudioSeconds: 11,
    inputCharacters: 12,
    estimated: true,
  });
  const record = usageRecord({ usage, prices: undefined, costNanoUsd: undefined, tenant: 'tokens' });
  await publisher.publish([usageBatch('o3', [{ sequence: 1, record }])]);
  await vi.waitFor(async () => expect(await database.watermark('o3')).toBe(1), 20_000);
  const [row] = await database.rows(
    `SELECT input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
       input_audio_tokens, output_audio_tokens, searches, output_images, sized_output_images, input_image_tokens,
       output_image_tokens, input_audio_seconds, output_audio_seconds, input_characters, estimated, labels, prices, components_nano_usd
     FROM cost_accounting.ledger WHERE outbox_id = 'o3'`,
  );
  expect(row).toEqual({
    input_tokens: '4000000000',
    cache_read_tokens: '1',
    cache_write_tokens: '2',
    cache_write_1h_tokens: '1',
    output_tokens: '5',
    reasoning_tokens: '3',
    input_audio_tokens: '4',
    output_audio_tokens: '1',
    searches: '6',
    output_images: '7',
    sized_output_images: '2',
    input_image_tokens: '8',
    output_image_tokens: '9',
    input_audio_seconds: '10',
    output_audio_seconds: '11',
    input_characters: '12',
    estimated: true,
    labels: { team: 'search "quoted" \\ back' },
    prices: null,
    components_nano_usd: {},
  });
});
