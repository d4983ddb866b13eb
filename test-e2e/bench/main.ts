import { endBySignals } from '../support/end-by-signals.ts';

/** `npm run bench [-- name [number]]`. */
const BENCHMARKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'side-by-side': () => import('./side-by-side.ts'),
  decide: () => import('../../services/routing/bench/decide.ts'),
  ledger: () => import('../../services/cost-accounting/bench/ledger.ts'),
  budgets: () => import('../../services/routing/bench/budgets.ts'),
  cache: () => import('./cache.ts'),
  savings: () => import('./savings.ts'),
  concurrent: () => import('./concurrent.ts'),
  soak: () => import('./soak.ts'),
  replay: () => import('./replay.ts'),
  latency: () => import('./latency.ts'),
};

// What a benchmark has started ends with this process.
endBySignals();
const [name = 'side-by-side'] = process.argv.slice(2);
const run = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (run === undefined) {
  process.stderr.write(`there is no benchmark ${name}; take one of ${Object.keys(BENCHMARKS).join(', ')}\n`);
  process.exitCode = 2;
} else await run();
