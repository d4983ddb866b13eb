import {
  type Experiment,
  ExperimentMetric,
  type ExperimentResults,
  ExperimentState,
  type ExperimentVariant,
  type MeanEstimate,
  StickyKey,
  type VariantResult,
} from '@switchyard/contracts/routing';
import { formatCost, formatDuration, formatShare, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { wordOf } from '../output/word-of.ts';

/** Experiments as a table. */
export function renderExperiments(experiments: readonly Experiment[]): string {
  return renderTable(experiments, [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'TENANT', cell: ({ tenant }) => tenant || '(installation)' },
    { title: 'MODEL', cell: ({ model }) => model },
    { title: 'STATE', cell: describeState },
    { title: 'VARIANTS', cell: ({ variants }) => variants.map(({ name }) => name).join(' ') },
    { title: 'METRIC', cell: ({ metric }) => wordOf(ExperimentMetric, metric || ExperimentMetric.COST) },
    { title: 'STARTED', cell: ({ startedAt }) => startedAt?.toISOString() ?? '' },
  ]);
}

/** One experiment with what it has found. */
export function renderExperiment(experiment: Experiment, results: ExperimentResults | undefined): string {
  const { description, variants } = experiment;
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  const metric = experiment.metric || ExperimentMetric.COST;
  const rows = variants.map((variant, i): Row => ({ variant, total, result: results?.variants[i] }));
  return [
    headOf(experiment),
    ...(description === '' ? [] : [description]),
    '',
    renderVariants(rows, metric),
    verdictOf(experiment, results),
    ...(results === undefined ? [] : [`Test: ${results.method}.`]),
    '',
  ].join('\n');
}

interface Row {
  readonly variant: ExperimentVariant;
  /** Sum of all weights. */
  readonly total: number;
  readonly result: VariantResult | undefined;
}

function renderVariants(rows: readonly Row[], metric: ExperimentMetric): string {
  const compared = ({ result }: Row) => estimateOf(result, metric);
  return renderTable(rows, [
    { title: 'VARIANT', cell: ({ variant }) => variant.name },
    { title: 'MODEL', cell: ({ variant }) => variant.model },
    { title: 'SHARE', align: 'right', cell: ({ variant, total }) => formatShare(variant.weight / total) },
    { title: 'REQUESTS', align: 'right', cell: ({ result }) => result?.requests.toString() ?? UNKNOWN },
    { title: 'ERROR RATE', align: 'right', cell: ({ result }) => formatShare(result?.errorRate?.mean) },
    {
      title: 'MEAN COST',
      align: 'right',
      cell: ({ result }) => formatMean(result?.costNanoUsd?.mean, ExperimentMetric.COST),
    },
    {
      title: 'MEAN LATENCY',
      align: 'right',
      cell: ({ result }) => formatMean(result?.latencyMs?.mean, ExperimentMetric.LATENCY),
    },
    {
      title: `${wordOf(ExperimentMetric, metric).replace('_', ' ').toUpperCase()} DIFFERENCE`,
      align: 'right',
      cell: (row) => (row === rows[0] ? '(control)' : formatDifference(compared(row), metric)),
    },
    { title: 'P', align: 'right', cell: (row) => formatP(compared(row)?.pValue) },
  ]);
}

function headOf(experiment: Experiment): string {
  const { id, tenant, model, stickyBy, stickyLabel, metric, significance = 0.05 } = experiment;
  const by =
    stickyBy === StickyKey.LABEL
      ? `the label ${stickyLabel}`
      : wordOf(StickyKey, stickyBy || StickyKey.REQUEST);
  const whose = tenant === '' ? 'of the installation' : `of tenant ${tenant}`;
  const compared = wordOf(ExperimentMetric, metric || ExperimentMetric.COST).replace('_', ' ');
  return `Experiment ${id} ${whose}: ${describeState(experiment)}. Divides ${model} by ${by}; compares ${compared} at ${significance}.`;
}

function describeState({ state, promoted }: Experiment): string {
  return state === ExperimentState.PROMOTED ? `${promoted} is promoted` : wordOf(ExperimentState, state);
}

/** What follows from the figures, in one sentence. */
function verdictOf({ variants, metric }: Experiment, results: ExperimentResults | undefined): string {
  if (results === undefined)
    return 'Its figures are those of all tenants: a key of the installation shows them.';
  const [control] = variants;
  const { winner } = results;
  if (winner === '')
    return 'No winner: no difference has been shown yet. Each side needs at least 100 observations, of some dozens of keys where requests stick.';
  if (winner === control?.name) return `Winner: ${winner}, the control. Every other variant is worse.`;
  const found = estimateOf(
    results.variants.find(({ name }) => name === winner),
    metric,
  );
  return `Winner: ${winner}. Against ${control?.name}: ${formatDifference(found, metric || ExperimentMetric.COST)} (p ${formatP(found?.pValue)}).`;
}

function estimateOf(result: VariantResult | undefined, metric: ExperimentMetric): MeanEstimate | undefined {
  switch (metric) {
    case ExperimentMetric.LATENCY:
      return result?.latencyMs;
    case ExperimentMetric.ERROR_RATE:
      return result?.errorRate;
    default:
      return result?.costNanoUsd;
  }
}

/** A mean in the unit of its metric: nano-USD, milliseconds, or a share. */
function formatMean(value: number | undefined, metric: ExperimentMetric): string {
  if (value === undefined) return UNKNOWN;
  if (metric === ExperimentMetric.LATENCY) return formatDuration(value);
  return metric === ExperimentMetric.ERROR_RATE ? formatShare(value) : formatCost(BigInt(Math.round(value)));
}

/** `-$0.0012 ± $0.0003` */
function formatDifference(estimate: MeanEstimate | undefined, metric: ExperimentMetric): string {
  if (estimate?.difference === undefined || estimate.margin === undefined) return UNKNOWN;
  const sign = estimate.difference < 0 ? '-' : '+';
  return `${sign}${formatMean(Math.abs(estimate.difference), metric)} ± ${formatMean(estimate.margin, metric)}`;
}

function formatP(pValue: number | undefined): string {
  if (pValue === undefined) return UNKNOWN;
  return pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4);
}
