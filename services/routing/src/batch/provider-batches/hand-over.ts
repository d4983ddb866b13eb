import { randomUUID } from 'node:crypto';
import { requirePermission } from '@switchyard/service-kit';
import type { HandedBatch } from '../../domain/batch/provider-batch.ts';
import { publicId } from '../../domain/batch/public-ids.ts';
import type { BatchLine } from '../../domain/batch/read-line.ts';
import type { Offering } from '../../domain/snapshot/offering.ts';
import type { PlannedLine, ReservedLine } from '../../pipeline/batched-lines.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import { submit } from './submit.ts';

/** Most lines that are given to a provider at once; those of larger batches go in several. */
const MOST_LINES = 5_000;
/** Most bytes of them. */
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
  readonly offering: Offering;
  readonly lines: GatheredLine[];
  bytes: number;
}

/** Gathers the lines of a batch that can go into providers' batches, and hands them over. */
export class HandOver {
  readonly #work: LineWork;
  readonly #context: BatchContext;
  readonly #minLines: number;
  readonly #groups = new Map<string, Group>();
  /** Of offerings that have given lines back, or want none: theirs are asked one by one. */
  readonly #without: Set<string>;
  #planned = 0;

  /** @param before what was handed over of this batch already */
  constructor(work: LineWork, context: BatchContext, before: readonly HandedBatch[]) {
    this.#work = work;
    this.#context = context;
    const { providerBatches } = work.lease.leased.batch;
    this.#minLines = providerBatches === 'on' ? 1 : context.providerBatches.minLines;
    this.#without = new Set(before.filter(({ returned }) => returned > 0).map(keyOf));
  }

  /** Gathers a line where it can go into a provider's batch. @returns lines that are to be asked by themselves instead */
  async take(line: BatchLine): Promise<readonly BatchLine[]> {
    const planned = await this.#plan(line);
    if (planned === undefined) return [line];
    const { offering } = planned.candidate;
    const key = keyOf(placeOf(offering));
    const group = this.#groups.get(key) ?? { offering, lines: [], bytes: 0 };
    this.#groups.set(key, group);
    group.lines.push({ line, planned });
    group.bytes += planned.encoded.body.length;
    if (group.lines.length < MOST_LINES && this.#bytes < MOST_BYTES) return [];
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

  #largest(full: Group): Group {
    return full.lines.length >= MOST_LINES
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
      if (plan.kind === 'by itself') return undefined;
      return this.#without.has(keyOf(placeOf(plan.line.candidate.offering))) ? undefined : plan.line;
    } catch {
      return undefined;
    }
  }

  async #handOver(group: Group): Promise<readonly BatchLine[]> {
    const key = keyOf(placeOf(group.offering));
    this.#groups.delete(key);
    const { lease } = this.#work;
    const lines = group.lines.map(({ line }) => line);
    if (lines.length < this.#minLines || lease.pause.aborted) return lines;
    const reserved = new Map<BatchLine, ReservedLine>();
    try {
      for (const { line, planned } of group.lines) {
        const one = await this.#context.batched.reserve(planned);
        // A budget has no room: what waits for it waits by itself.
        if (one === undefined) break;
        reserved.set(line, one);
      }
    } catch (error) {
      for (const one of reserved.values()) this.#context.batched.giveBack(one);
      throw error;
    }
    if (reserved.size === 0) return lines;
    const id = randomUUID();
    const went = await submit({ id, reserved, ...placeOf(group.offering) }, this.#work, this.#context);
    if (went === 'refused') this.#without.add(key);
    return went === 'refused' ? lines : lines.filter((line) => !reserved.has(line));
  }
}

/** Where lines go that can be in one batch. */
const placeOf = ({ provider, model }: Offering) => ({
  provider: provider.key,
  endpoint: provider.endpoint?.id ?? '',
  model,
});

const keyOf = ({ provider, endpoint, model }: Pick<HandedBatch, 'provider' | 'endpoint' | 'model'>): string =>
  JSON.stringify([provider, endpoint, model]);
