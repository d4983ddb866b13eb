import { type Batch, BatchState, type ProviderBatch } from '@switchyard/contracts/routing';
import { formatCost, formatTime } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import type { Tone, View } from '../output/view.ts';
import { wordOf } from '../output/word-of.ts';

/** A batch as programs take it: its state as a word. */
export const inWords = (batch: Batch) => ({ ...batch, state: stateOf(batch) });

/** Batches as a table. */
export const renderBatches = (batches: readonly Batch[], view?: View): string =>
  renderTable(
    batches,
    [
      { title: 'ID', cell: ({ id }) => id },
      { title: 'STATE', cell: stateOf, tone: toneOf },
      { title: 'LINES', align: 'right', cell: ({ counts }) => String(counts?.total ?? 0) },
      { title: 'ANSWERED', align: 'right', cell: ({ counts }) => String(counts?.answered ?? 0) },
      { title: 'FAILED', align: 'right', cell: ({ counts }) => String(counts?.failed ?? 0) },
      { title: 'COST', align: 'right', cell: ({ costNanoUsd }) => formatCost(costNanoUsd) },
      { title: 'PATH', cell: ({ endpoint }) => endpoint, spare: 1 },
      { title: 'CREATED', cell: ({ createdAt }) => formatTime(createdAt), spare: 2 },
    ],
    view,
  );

/** One batch: how far it is, where its lines are, where its results are, and what is wrong with its file. */
export function renderBatch(batch: Batch, view?: View): string {
  const { providerBatches, problems, stateSince, expiresAt } = batch;
  const facts = [
    `In its state since ${formatTime(stateSince)}; no line begins after ${formatTime(expiresAt)}.`,
    `Lines: ${batch.inputFileId}`,
    ...(batch.outputFileId === '' ? [] : [`Answers: ${batch.outputFileId}`]),
    ...(batch.errorFileId === '' ? [] : [`Errors: ${batch.errorFileId}`]),
    ...Object.entries(batch.metadata).map(([key, value]) => `${key}: ${value}`),
  ];
  return [
    renderBatches([batch], view),
    facts.map((fact) => `${fact}\n`).join(''),
    ...(providerBatches.length === 0 ? [] : [renderProviderBatches(providerBatches, view)]),
    ...(problems.length === 0 ? [] : [renderProblems(problems, view)]),
  ].join('\n');
}

const renderProviderBatches = (batches: readonly ProviderBatch[], view?: View): string =>
  renderTable(
    batches,
    [
      { title: 'AT PROVIDER', cell: ({ provider, model }) => `${provider}/${model}` },
      { title: 'ITS BATCH', cell: ({ providerBatchId }) => providerBatchId || '–' },
      { title: 'STATE', cell: ({ state }) => state },
      { title: 'LINES', align: 'right', cell: ({ lines }) => String(lines) },
      { title: 'CAME BACK', align: 'right', cell: ({ returned }) => String(returned) },
    ],
    view,
  );

const renderProblems = (problems: Batch['problems'], view?: View): string =>
  renderTable(
    problems,
    [
      { title: 'LINE', align: 'right', cell: ({ line }) => (line === 0 ? 'all' : String(line)) },
      { title: 'FIELD', cell: ({ field }) => field || '–' },
      { title: 'PROBLEM', cell: ({ message }) => message },
    ],
    view,
  );

const stateOf = ({ state }: Batch): string => wordOf(BatchState, state);

function toneOf({ state }: Batch): Tone | undefined {
  if (state === BatchState.COMPLETED) return 'good';
  return state === BatchState.FAILED || state === BatchState.EXPIRED ? 'bad' : undefined;
}
