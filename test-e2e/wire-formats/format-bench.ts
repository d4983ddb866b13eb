import type { PartialRequest } from '@switchyard/client';
import { CompleteRequest, type Message } from '@switchyard/contracts/routing';
import {
  type DecodedResponse,
  type EncodeInput,
  findWireFormat,
  MessageBuilder,
  type StreamEvent,
  type WireFormat,
} from '@switchyard/llm';
import {
  type AttemptRecord,
  type Fault,
  type Simulator,
  startSimulator,
  type WireFormatName,
} from '@switchyard/testkit/simulator';
import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest';
import { PLAIN_KEYS, type SimulatedKeys } from '../support/simulated-keys.ts';
import { SIMULATED_AS } from '../support/test-fleet.ts';
import { callForEvents, callOnce, type Target } from './call-simulator.ts';

export type Input = Omit<EncodeInput, 'stream'>;

/** Longer than any answer here, for the formats that want a limit. */
const MAX_OUTPUT_TOKENS = 2_000;
const PROVIDER = 'p';
/** Its prompts may be this long, in tokens. */
const TINY = { name: 'tiny', contextTokens: 20 };

/** A wire format and a simulator that speaks it, without anything of Switchyard's in between. */
export class FormatBench {
  readonly format: WireFormat;
  readonly id: WireFormatName;
  #simulator: Simulator | undefined;

  constructor(id: WireFormatName) {
    this.id = id;
    this.format = findWireFormat(id) as WireFormat;
  }

  async start(): Promise<void> {
    const models = [{ name: 'sim-fast' }, { name: 'sim-smart' }, TINY];
    this.#simulator = await startSimulator({
      providers: [{ name: PROVIDER, format: this.id, models, ...this.#keys.accepted, tokensPerChunk: 2 }],
    });
  }

  get simulator(): Simulator {
    if (this.#simulator === undefined) throw new TypeError('the bench has not been started');
    return this.#simulator;
  }

  get target(): Target {
    return {
      format: this.format,
      key: this.#keys.right(this.urlOf('')),
      baseUrl: this.urlOf(SIMULATED_AS[this.id].basePath),
    };
  }

  /** A key that the simulator does not accept. */
  get wrongKey(): string {
    return this.#keys.wrong(this.urlOf(''));
  }

  get #keys(): SimulatedKeys {
    return SIMULATED_AS[this.id].keys ?? PLAIN_KEYS;
  }

  urlOf(path: string): string {
    return `${this.simulator.providers[PROVIDER]?.baseUrl}${path}`;
  }

  /** Every call from now on has this fault. */
  fail(fault: Fault): void {
    this.simulator.setFaults({ provider: PROVIDER, rules: [{ fault }] });
  }

  /** The whole answer. @throws where there is none */
  async whole(input: Input, target = this.target): Promise<DecodedResponse> {
    const result = await callOnce(target, input);
    if (!result.ok) throw new Error(`${result.error.class}: ${result.error.detail}`);
    return result.value;
  }

  /** The answer as a stream, put together; each as if it were the first call, so that no cache tells them apart. */
  async both(input: Input): Promise<{ streamed: Message; whole: DecodedResponse }> {
    const events = await callForEvents(this.target, input);
    this.simulator.reset();
    const whole = await this.whole(input);
    const { finishReason, usage, providerModel } = finishOf(events);
    expect({ finishReason, usage, providerModel }).toEqual({
      finishReason: whole.finishReason,
      usage: whole.usage,
      providerModel: whole.providerModel,
    });
    return { streamed: messageOf(events), whole };
  }

  /** The simulator's record of the last call; it is written when the call has ended on its side too. */
  async lastCall(): Promise<AttemptRecord> {
    await vi.waitUntil(() => this.simulator.stats().providers[PROVIDER]?.inFlight === 0, { timeout: 15_000 });
    const record = this.simulator.attempts().records.at(-1);
    if (record === undefined) throw new Error('there was no call');
    return record;
  }
}

/** A bench for the tests of a file, as new for each of them. */
export function benchOf(id: WireFormatName): FormatBench {
  const bench = new FormatBench(id);
  beforeAll(() => bench.start());
  afterAll(() => bench.simulator.close());
  beforeEach(() => bench.simulator.reset());
  return bench;
}

/** What is encoded for a request. */
export const inputOf = (request: PartialRequest, model = 'sim-fast'): Input => ({
  request: CompleteRequest.fromPartial(request),
  model,
  maxOutputTokens: request.sampling?.maxOutputTokens ?? MAX_OUTPUT_TOKENS,
});

/** The end of a stream that ended well. */
export function finishOf(events: readonly StreamEvent[]) {
  const last = events.at(-1);
  if (last?.kind !== 'finish') throw new Error(`the stream ended with ${JSON.stringify(last)}`);
  return last;
}

/** The turn that a stream's deltas make. */
export function messageOf(events: readonly StreamEvent[]): Message {
  const builder = new MessageBuilder();
  for (const event of events) if (event.kind === 'delta') builder.add(event.delta);
  return builder.message();
}
