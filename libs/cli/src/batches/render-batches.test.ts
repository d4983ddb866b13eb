import { Batch, BatchState } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { inWords, renderBatch, renderBatches } from './render-batches.ts';

const running = Batch.fromPartial({
  id: 'batch_1',
  endpoint: '/v1/chat/completions',
  inputFileId: 'file-1',
  state: BatchState.IN_PROGRESS,
  metadata: { job: 'nightly' },
  counts: { total: 1_200, answered: 900, failed: 2 },
  costNanoUsd: 43_200n,
  createdAt: new Date('2026-11-29T16:40:03Z'),
  expiresAt: new Date('2026-11-30T16:40:03Z'),
  stateSince: new Date('2026-11-29T16:40:05Z'),
  providerBatches: [
    {
      provider: 'openai',
      model: 'gpt-4o-mini',
      providerBatchId: 'batch_68',
      state: 'ended',
      lines: 900,
      returned: 3,
    },
    { provider: 'openai', model: 'gpt-4o', state: 'prepared', lines: 300 },
  ],
});

test('batches are shown with how far they are, and what they cost so far', () => {
  expect(renderBatches([running])).toBe(
    [
      'ID       STATE        LINES  ANSWERED  FAILED        COST  PATH                  CREATED',
      'batch_1  in_progress   1200       900       2  $0.0000432  /v1/chat/completions  2026-11-29 16:40:03',
      '',
    ].join('\n'),
  );
  expect(inWords(running).state).toBe('in_progress');
});

test('one batch is shown with where its lines are at providers', () => {
  expect(renderBatch(running).split('\n').slice(3)).toEqual([
    'In its state since 2026-11-29 16:40:05; no line begins after 2026-11-30 16:40:03.',
    'Lines: file-1',
    'job: nightly',
    '',
    'AT PROVIDER         ITS BATCH  STATE     LINES  CAME BACK',
    'openai/gpt-4o-mini  batch_68   ended       900          3',
    'openai/gpt-4o       –          prepared    300          0',
    '',
  ]);
});

test('one that has failed is shown with what is wrong with its file', () => {
  const failed = Batch.fromPartial({
    id: 'batch_2',
    state: BatchState.FAILED,
    errorFileId: 'file-3',
    problems: [
      { code: 'x', message: 'must be JSON', line: 4 },
      { code: 'y', message: 'is empty' },
    ],
  });
  expect(renderBatch(failed).split('\n').slice(-6)).toEqual([
    'Errors: file-3',
    '',
    'LINE  FIELD  PROBLEM',
    '   4  –      must be JSON',
    ' all  –      is empty',
    '',
  ]);
});
