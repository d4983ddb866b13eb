import { randomUUID } from 'node:crypto';
import { ServiceError } from '@switchyard/kernel';
import { requirePermission } from '@switchyard/service-kit';
import { MAX_PROVIDER_BATCH_LINES } from '../../domain/batch/batch-limits.ts';
import { publicId } from '../../domain/batch/public-ids.ts';
import type { BatchLine } from '../../domain/batch/read-line.ts';
import type { Offering } from '../../domain/snapshot/offering.ts';
import type { PlannedLine, ReservedLine } from '../../pipeline/batched-lines.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import { type BatchPlace, keyOf } from './batch-places.ts';
import { letOthers } from './let-others.ts';
import { submit } from './submit.ts';

/** Most bytes of the lines that are given to a provider at once. */
const MOST_BYTES = 16 * 1024 ** 2;
/** So many lines are planned in one go: requests that somebody waits for are not held up. */
const YIELD_AFTER = 16;

/** A line with where it is to go. */
interface GatheredLine {
  readonly line: BatchLine;
  readonly planned: PlannedLine;
}

/** Lines for one model at one provider. */
interface Group {
  readonly place: BatchPlace;
  readonly lines: GatheredLine[];
  bytes: number;
}

/** Gathers the lines of a batch that can go into providers' batches, and hands them over. One for each look at all lines. */
export class HandOver {
  readonly #work: LineWork;
  readonly #context: BatchContext;
  readonly #pass: 'first' | 'again';
  readonly #minLines: number;
  readonly #groups = new Map<string, Group>();
  /** Lines for each place, those that were handed over included. */
  readonly #counts = new Map<string, number>();
  #planned = 0;

  /** @param pass `again`: lines wait only for places that were tried before; others that came back are asked by themselves */
  constructor(work: LineWork, context: BatchContext, pass: 'first' | 'again') {
    this.#work = work;
    this.#context = context;
    this.#pass = pass;
    const { providerBatches } = work.lease.leased.batch;
    this.#minLines = providerBatches === 'on' ? 1 : context.providerBatches.minLines;
  }

  /** Gathers a line where it can go into a provider's batch. @returns lines that are to be asked by themselves instead */
  async take(line: BatchLine): Promise<readonly BatchLine[]> {
    const planned = await this.#plan(line);
    if (planned === undefined) return [line];
    const place = placeOf(planned.candidate.offering);
    const { places } = this.#work;
    const standing = places.standing(place);
    if (standing === 'closed' || (standing === 'open' && this.#pass === 'again')) return [line];
    if (standing === 'paused') {
      places.await(place);
      return [];
    }
    const key = keyOf(place);
    const group = this.#groups.get(key) ?? { place, lines: [], bytes: 0 };
    this.#groups.set(key, group);
    this.#counts.set(key, this.#countOf(key) + 1);
    group.lines.push({ line, planned });
    group.bytes += planned.encoded.body.length;
    if (group.lines.length < MAX_PROVIDER_BATCH_LINES && this.#bytes < MOST_BYTES) return [];
    return this.#handOver(this.#largest(group));
  }

  /** Hands over what was gathered. @returns lines that are to be asked by themselves instead */
  async flush(): Promise<readonly BatchLine[]> {
    const rest: BatchLine[] = [];
    for (const group of [...this.#groups.values()]) rest.push(...(await this.#handOver(group)));
    return rest;
  }

  get #bytes(): number {
    return [...this.#groups.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #countOf(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #largest(full: Group): Group {
    return full.lines.length >= MAX_PROVIDER_BATCH_LINES
      ? full
      : [...this.#groups.values()].reduce((most, one) => (one.bytes > most.bytes ? one : most));
  }

  /** undefined: it is asked by itself, and told what is wrong with it there. */
  async #plan({ body }: BatchLine): Promise<PlannedLine | undefined> {
    const { lease, endpoint, owner } = this.#work;
    if (++this.#planned % YIELD_AFTER === 0) await new Promise(setImmediate);
    try {
      const principal = await owner();
      if (principal === undefined) return undefined;
      const batch = publicId('batch_', lease.leased.batch.id);
      requirePermission(principal, 'routing.complete');
      const operation = await endpoint.operationOf(body, batch);
      const plan = this.#context.batched.plan({
        operation,
        principal,
        signal: lease.lost,
        deadlineAtMs: undefined,
      });
      return plan.kind === 'by itself' ? undefined : plan.line;
    } catch {
      return undefined;
    }
  }

  async #handOver({ place, lines: gathered }: Group): Promise<readonly BatchLine[]> {
    const key = keyOf(place);
    this.#groups.delete(key);
    const { lease, places, submitting } = this.#work;
    const lines = gathered.map(({ line }) => line);
    const isTooFew = this.#pass === 'first' && this.#countOf(key) < this.#minLines;
    if (isTooFew || lease.pause.aborted) return lines;
    const reserved = await this.#reserve(gathered);
    if (reserved === 'no room') return lines;
    if (reserved === 'not now') {
      places.pause(place);
      return [];
    }
    const id = randomUUID();
    submitting.add(id);
    try {
      const submitted = await submit({ id, reserved, ...place }, this.#work, this.#context);
      if (submitted.kind === 'refused for now') places.pause(place, submitted.retryAfterMs);
      if (submitted.kind !== 'refused') return [];
      places.close(place);
      return lines;
    } finally {
      submitting.delete(id);
    }
  }

  /**
   * All of them or none. `no room`: a budget has none for all, so that each is asked by itself: little at a time is set aside, and what is
   * not used is there for the next. `not now`: the outbox takes no more.
   */
  async #reserve(
    gathered: readonly GatheredLine[],
  ): Promise<ReadonlyMap<BatchLine, ReservedLine> | 'no room' | 'not now'> {
    const { batched } = this.#context;
    const reserved = new Map<BatchLine, ReservedLine>();
    let failed: unknown = 'no room';
    try {
      for await (const { line, planned } of letOthers(gathered)) {
        const one = await batched.reserve(planned);
        if (one === undefined) break;
        reserved.set(line, one);
      }
    } catch (error) {
      failed = error;
    }
    if (reserved.size === gathered.length) return reserved;
    for await (const one of letOthers(reserved.values())) batched.giveBack(one);
    if (failed === 'no room') return 'no room';
    if (failed instanceof ServiceError && failed.retryable) return 'not now';
    throw failed;
  }
}

const placeOf = ({ provider, model }: Offering): BatchPlace => ({
  provider: provider.key,
  endpoint: provider.endpoint?.id ?? '',
  model,
});
