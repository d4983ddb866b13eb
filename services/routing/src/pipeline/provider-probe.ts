import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { CacheResult, DecisionOutcome, ProbeKind, Purpose } from '@switchyard/contracts/routing';
import { type Clock, uuidV7 } from '@switchyard/kernel';
import { type ProviderError, providerError, type RequestAuthorization } from '@switchyard/llm';
import { reachesOf } from '../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { PipelineContext } from '../ports.ts';
import { AttemptDeadline } from '../transport/attempt-deadline.ts';
import { authorizationHeaders } from '../transport/authorize-request.ts';
import type { ProviderExchange } from '../transport/provider-exchange.ts';
import { ENDED } from '../transport/provider-transport.ts';
import { classifyTransportError, isTransportError } from '../transport/transport-error.ts';
import { withoutKey } from '../transport/without-key.ts';
import { NOT_IN_A_BATCH } from './record-of-request.ts';

/** A probe takes no longer, in milliseconds, at each endpoint. */
const PROBE_MS = 10_000;
/** Most bytes of an answer that are read: of an error enough to tell what it is, of a list none matter. */
const MAX_BYTES = 256 * 1024;

/** A probe of one provider, and on whose behalf. */
export interface AskedProbe {
  readonly provider: ConfiguredProvider;
  readonly kind: ProbeKind.LIST_MODELS | ProbeKind.TCP_TLS;
  /** Who pays, where it costs anything. */
  readonly tenant: string;
  readonly keyId: string;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface ProbeEnd {
  readonly requestId: string;
  readonly durationMs: number;
  /** undefined: it worked. */
  readonly error: ProviderError | undefined;
}

type ProbeContext = Pick<
  PipelineContext,
  'transport' | 'secrets' | 'runtimes' | 'usage' | 'clock' | 'replica'
>;

/** Probes a provider without a model: by its endpoints one after the other, until one works. It is observed and booked like a call. */
export async function probeProvider(asked: AskedProbe, context: ProbeContext): Promise<ProbeEnd> {
  const { clock, runtimes, usage } = context;
  const startedAtMs = clock.monotonicMs();
  const requestId = uuidV7(clock.wallMs());
  let error: ProviderError | undefined;
  for (const reach of reachesOf(asked.provider)) {
    error = await probeReach(reach, asked, context);
    if (error === undefined || asked.signal.aborted) break;
  }
  const durationMs = clock.monotonicMs() - startedAtMs;
  usage.note(recordOf({ asked, requestId, durationMs, outcome: error?.class ?? 'ok' }, context));
  const recorder = runtimes.probesOf(asked.provider);
  if (error === undefined) recorder.recordSuccess({ latencyMs: durationMs, totalLatencyMs: durationMs });
  else if (error.class !== 'cancelled') recorder.recordFailure(error.class);
  return { requestId, durationMs, error };
}

/** @returns undefined where it worked */
async function probeReach(
  provider: ConfiguredProvider,
  { kind, signal }: AskedProbe,
  context: ProbeContext,
): Promise<ProviderError | undefined> {
  const limits = { ...provider.limits, totalMs: PROBE_MS };
  const deadline = new AttemptDeadline({ limits, answer: 'whole', signal, remainingMs: undefined });
  try {
    if (kind === ProbeKind.LIST_MODELS) return await listModels(provider, deadline, context);
    await context.transport.connect(provider, deadline);
    return undefined;
  } catch (thrown) {
    const { cause } = deadline;
    if (cause === undefined && !isTransportError(thrown)) throw thrown;
    return classifyTransportError(thrown, { cause, reached: true }).error;
  } finally {
    deadline.stop();
  }
}

async function listModels(
  provider: ConfiguredProvider,
  deadline: AttemptDeadline,
  { transport, secrets, clock }: ProbeContext,
): Promise<ProviderError | undefined> {
  const { format, address } = provider;
  const key = await secrets.get(provider);
  if (key === undefined)
    return providerError({ class: 'authentication', detail: 'its secret cannot be had now' });
  const { path, headers: stated = {} } = format.listModels ?? { path: '/models' };
  const encoded = { path, query: undefined, headers: stated, body: '' };
  const wallMs = clock.wallMs();
  const headers = authorizationHeaders(key, { address, encoded, wallMs });
  const onSending = () => undefined;
  const exchange = transport.send({ provider, method: 'GET', encoded, headers, deadline, onSending });
  const head = await exchange.head;
  const body = await beginningOf(exchange);
  if (head.status >= 200 && head.status < 300) return undefined;
  const told = { ...head, body, wallNowMs: wallMs };
  return withoutKey(format.classifyError(told), secretsOf(key));
}

const secretsOf = ({ secrets }: RequestAuthorization) => secrets;

async function beginningOf(exchange: ProviderExchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes <= MAX_BYTES) {
    const chunk = await exchange.next();
    if (chunk === undefined) break;
    chunks.push(chunk);
    bytes += chunk.length;
  }
  exchange.end(ENDED);
  return Buffer.concat(chunks).subarray(0, MAX_BYTES);
}

interface Probed extends Omit<ProbeEnd, 'error'> {
  readonly asked: AskedProbe;
  readonly outcome: string;
}

/** Costs nothing, and stands beside the probes that do. */
function recordOf(
  { asked: { provider, tenant, keyId }, requestId, durationMs, outcome }: Probed,
  { clock, replica }: { readonly clock: Clock; readonly replica: string },
): UsageRecord {
  const wallMs = clock.wallMs();
  const isOk = outcome === 'ok';
  return {
    requestId,
    tenant,
    agent: '',
    workflow: '',
    service: 'health-probe',
    keyId,
    labels: {},
    requestedModel: '',
    purpose: Purpose.PROBE,
    stream: false,
    replica,
    attemptId: uuidV7(wallMs),
    // Budgets of requests count first attempts, each held before it is made: this one was not, and uses nothing.
    attemptIndex: 1,
    occurredAt: new Date(wallMs),
    provider: provider.id,
    model: '',
    line: isOk ? LineKind.CHARGE : LineKind.WASTE,
    outcome,
    requestOutcome: isOk ? DecisionOutcome.COMPLETE : DecisionOutcome.FALLBACK_EXHAUSTED,
    usage: undefined,
    prices: undefined,
    costNanoUsd: 0n,
    componentsNanoUsd: {},
    holdNanoUsd: undefined,
    durationUs: BigInt(Math.round(durationMs * 1_000)),
    firstTokenUs: undefined,
    overheadUs: 0n,
    traceparent: '',
    region: provider.region,
    httpStatus: 0,
    simulated: provider.simulated,
    endpoint: '',
    cache: CacheResult.UNSPECIFIED,
    savedNanoUsd: undefined,
    leases: [],
    ...NOT_IN_A_BATCH,
  };
}
