import { Strategy } from '@switchyard/contracts/routing';
import { seededRandom, systemClock } from '@switchyard/kernel';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { decide } from '../src/domain/decide/decide.ts';
import { selectOfferings } from '../src/domain/decide/select-offerings.ts';
import type { Needs } from '../src/domain/request/needs.ts';
import type { Snapshot } from '../src/domain/snapshot/snapshot.ts';
import { findStrategy } from '../src/domain/strategies/find-strategy.ts';
import { ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { RuntimeRegistry } from '../src/runtime/runtime-registry.ts';
import { stateReader } from '../src/runtime/state-reader.ts';
import { readyKeys } from '../tests/support/ready-keys.ts';
import { benchNeeds } from './bench-requests.ts';
import { benchSnapshot, CROWDED_MODEL, crowdedSnapshot } from './bench-snapshot.ts';

/**
 * `npm run bench -- decide`: how long a decision takes, in one thread: of "auto" over the whole catalog of 50 providers, the
 * same at ten times the catalog, of a model that five providers offer, and the same beside a thousand other tenants. All
 * decisions are made three times, one after another, and of each the fastest counts, so that what else the machine does counts
 * less while no decision finds its own data still warm. The last column but one is the p99 of all; its row of plain arithmetic,
 * about as long as a decision, says how much of that is the machine's.
 */
const WARM_UP = 4_000;
const DECISIONS = 10_000;
const REPEATS = 3;
/** How many times larger the larger catalog is. */
const TIMES = 10;
/** Tenants with five providers of their own that a request does not see. */
const OTHER_TENANTS = 1_000;
/** Offerings that were called: those have a state of their own. */
const CALLED = 300;
/** Of plain arithmetic: some 45 µs on the machine of the README's figures. */
const STEPS_OF_ARITHMETIC = 10_000;

/** Microseconds. */
interface Measured {
  readonly meanUs: number;
  readonly p99Us: number;
  /** Of all repeats, what else the machine did included. */
  readonly p99OfAllUs: number;
}

const catalog = bundledCatalog();
const whole = benchSnapshot(catalog, { providers: 50, times: 1 });
const tenfold = benchSnapshot(catalog, { providers: 50, times: TIMES });
const strategies = Object.values(Strategy).filter(
  (kind): kind is Strategy => typeof kind === 'number' && findStrategy(kind) !== undefined,
);

say(`Node ${process.version}, ${DECISIONS} decisions each, in microseconds\n`);
say(`| auto, 50 providers | offerings | mean | p99 | p99 of all | p99, ${TIMES} times the catalog |`);
say('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const strategy of strategies) {
  const needs = benchNeeds(strategy, 'auto');
  const { meanUs, p99Us, p99OfAllUs } = measure(whole, needs);
  const more = measure(tenfold, needs).p99Us;
  const cells = [meanUs, p99Us, p99OfAllUs].map((us) => us.toFixed(1));
  const ratio = `${more.toFixed(1)} (${(more / p99Us).toFixed(2)} times)`;
  say(`| ${findStrategy(strategy)?.name} | ${whole.offerings.length} | ${cells.join(' | ')} | ${ratio} |`);
}
const plain = arithmetic();
say(
  `| plain arithmetic | 0 | ${plain.meanUs.toFixed(1)} | ${plain.p99Us.toFixed(1)} | ${plain.p99OfAllUs.toFixed(1)} | |`,
);
const model = modelOfFive(whole);
say(`\n| ${model}, 5 candidates | mean | p99 | p99 of all |\n| --- | ---: | ---: | ---: |`);
for (const strategy of strategies) {
  const { meanUs, p99Us, p99OfAllUs } = measure(whole, benchNeeds(strategy, model));
  say(
    `| ${findStrategy(strategy)?.name} | ${[meanUs, p99Us, p99OfAllUs].map((us) => us.toFixed(1)).join(' | ')} |`,
  );
}

say(`\n| 5 candidates, priority | mean | p99 | p99 of all |\n| --- | ---: | ---: | ---: |`);
for (const others of [0, OTHER_TENANTS]) {
  const crowded = crowdedSnapshot(catalog, others);
  for (const name of [CROWDED_MODEL, 'auto']) {
    const { meanUs, p99Us, p99OfAllUs } = measure(crowded, benchNeeds(Strategy.PRIORITY, name));
    const what = `${name === 'auto' ? name : 'named model'}, 5 candidates, ${others} other tenants`;
    say(`| ${what} | ${[meanUs, p99Us, p99OfAllUs].map((us) => us.toFixed(1)).join(' | ')} |`);
  }
}

function measure(snapshot: Snapshot, requests: readonly Needs[]): Measured {
  const quotas = new ProviderQuotas({ store: undefined, clock: systemClock });
  const sources = { runtimes: runtimesOf(snapshot), quotas, secrets: readyKeys() };
  const stateOf = stateReader(sources, { tokens: 1, nowMs: 10_000 });
  return timed((i) => {
    const needs = requests[i % requests.length] as Needs;
    const selected = selectOfferings(needs, snapshot);
    decide({ needs, snapshot, stateOf, seed: BigInt(i), look: 'enough', measured: () => [], selected });
  });
}

/** What never takes longer by itself: it allocates nothing and reads no memory. */
function arithmetic(): Measured {
  let sum = 0;
  return timed(() => {
    for (let i = 0; i < STEPS_OF_ARITHMETIC; i++) sum = (sum * 31 + i) | 0;
  });
}

function timed(work: (i: number) => void): Measured {
  const once = (i: number): number => {
    const begunAt = process.hrtime.bigint();
    work(i);
    return Number(process.hrtime.bigint() - begunAt) / 1_000;
  };
  for (let i = 0; i < WARM_UP; i++) once(i);
  const all = new Float64Array(DECISIONS * REPEATS);
  const fastest = new Float64Array(DECISIONS);
  for (let i = 0; i < all.length; i++) {
    const us = once(i % DECISIONS);
    all[i] = us;
    fastest[i % DECISIONS] = i < DECISIONS ? us : Math.min(us, fastest[i % DECISIONS] as number);
  }
  return { meanUs: meanOf(fastest), p99Us: p99Of(fastest), p99OfAllUs: p99Of(all) };
}

function meanOf(times: Float64Array): number {
  return times.reduce((sum, us) => sum + us, 0) / times.length;
}

function p99Of(times: Float64Array): number {
  return times.toSorted()[Math.floor(times.length * 0.99)] as number;
}

function runtimesOf({ offerings }: Snapshot): RuntimeRegistry {
  const runtimes = new RuntimeRegistry();
  const random = seededRandom(3n);
  for (let i = 0; i < CALLED; i++) {
    const offering = offerings[Math.floor(random() * offerings.length)];
    if (offering === undefined) continue;
    const runtime = runtimes.of(offering);
    runtime.began(random() * 10_000);
    runtime.succeeded({ firstTokenMs: 50 + random() * 1_000, totalMs: 2_000 }, 10_000);
    if (random() < 0.8) runtime.active -= 1;
  }
  return runtimes;
}

/** A model that exactly five of the configured providers offer. */
function modelOfFive({ byModel }: Snapshot): string {
  for (const [model, offerings] of byModel)
    if (offerings.length === 5 && offerings.every(({ prices }) => prices !== undefined)) return model;
  throw new Error('no model of the catalog is offered by exactly five of the configured providers');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
