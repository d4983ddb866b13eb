import { SwitchyardClient } from '@switchyard/client';
import { type Decision, DecisionOutcome } from '@switchyard/contracts/routing';
import { type Command, UsageError } from '../command.ts';
import { formatCost, formatDuration } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { headline, renderCandidates } from './route.ts';

/** `switchyard decision` */
export const decision: Command = {
  usage: '<request-id>',
  summary: 'Shows the decision of an earlier request: candidates, exclusions, attempts, cost.',
  options: {},
  maxPositionals: 1,
  async run({ positionals: [requestId], settings, output }) {
    if (requestId === undefined) throw new UsageError('which request? give the request id of an answer');
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const found = await client.getDecision(requestId);
    if (output.json) return output.value(found);
    output.text(renderDecision(found));
  },
};

const OUTCOMES = new Map(
  Object.entries(DecisionOutcome).map(([name, value]) => [value as number, name.toLowerCase()]),
);

function renderDecision(found: Decision): string {
  const attempts = renderTable(found.attempts, [
    { title: 'ATTEMPT', cell: ({ provider, model }) => `${provider}/${model}` },
    { title: 'OUTCOME', cell: ({ outcome }) => outcome },
    {
      title: 'STATUS',
      align: 'right',
      cell: ({ httpStatus }) => (httpStatus === 0 ? '' : String(httpStatus)),
    },
    { title: 'TIME', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
    { title: 'COST', align: 'right', cell: ({ costNanoUsd }) => formatCost(costNanoUsd) },
    { title: 'DETAIL', cell: ({ detail }) => detail },
  ]);
  return [
    `Request ${found.requestId} for "${found.requestedModel}" at ${found.decidedAt?.toISOString() ?? ''}: ${OUTCOMES.get(found.outcome) ?? 'unknown'}.`,
    headline(found),
    '',
    attempts,
    renderCandidates(found),
    `Snapshot ${found.snapshotVersion}, prices ${found.priceVersion}.`,
    '',
  ].join('\n');
}
