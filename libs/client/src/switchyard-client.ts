import { credentials, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import { errorOfStatus } from '@switchyard/contracts/error-of-status';
import {
  CompleteRequest,
  type CompleteResponse,
  type Decision,
  type EstimateCostResponse,
  InferenceServiceClient,
  ListModelsRequest,
  type Model,
  type ProviderStatus,
  type RegistryStatistics,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';

/** Where Switchyard is and who calls. */
export interface SwitchyardClientOptions {
  /** `host:port` of routing's gRPC. */
  readonly address: string;
  /** `sy_…` */
  readonly apiKey: string;
  /** Whether to use TLS. Default false: the local start listens on loopback without it. */
  readonly tls?: boolean;
}

/** How long one call may take and what ends it. */
export interface CallOptions {
  /** Default 600,000. */
  readonly timeoutMs?: number;
  /** Ends the call; the provider's call ends too. */
  readonly signal?: AbortSignal;
}

/** A request with only what matters said. */
export type PartialRequest = Parameters<typeof CompleteRequest.fromPartial>[0];

const DEFAULT_TIMEOUT_MS = 600_000;
const MAX_PAGES = 1_000;

/** Calls Switchyard. Failures are `ServiceError`s: test their `reason`. */
export class SwitchyardClient implements Disposable {
  readonly #client: InferenceServiceClient;
  readonly #metadata = new Metadata();

  constructor({ address, apiKey, tls = false }: SwitchyardClientOptions) {
    const channel = tls ? credentials.createSsl() : credentials.createInsecure();
    this.#client = new InferenceServiceClient(address, channel, {
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
    });
    this.#metadata.set('authorization', `Bearer ${apiKey}`);
  }

  /** Answers a request in one piece. */
  complete(request: PartialRequest, options: CallOptions = {}): Promise<CompleteResponse> {
    return this.#unary(this.#client.complete, CompleteRequest.fromPartial(request), options);
  }

  /** Answers a request piece by piece: started, deltas, finished. Leaving the iteration ends the call. */
  async *stream(
    request: PartialRequest,
    options: CallOptions = {},
  ): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    const call = this.#client.streamComplete(
      CompleteRequest.fromPartial(request),
      this.#metadata,
      deadlineOf(options),
    );
    const cancel = () => call.cancel();
    onAbort(options.signal, cancel);
    try {
      for await (const event of call) yield event as StreamCompleteResponse;
    } catch (error) {
      throw errorOfStatus(error as GrpcError);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** Decides without calling anyone. */
  async route(request: PartialRequest, options: CallOptions = {}): Promise<Decision> {
    const { decision } = await this.#unary(this.#client.route, CompleteRequest.fromPartial(request), options);
    if (decision === undefined) throw new TypeError('Route answered without a decision');
    return decision;
  }

  /** The stored decision of an earlier request. */
  async getDecision(requestId: string, options: CallOptions = {}): Promise<Decision> {
    const { decision } = await this.#unary(this.#client.getDecision, { requestId }, options);
    if (decision === undefined) throw new TypeError('GetDecision answered without a decision');
    return decision;
  }

  /** What a request would cost at each candidate, and why it would not be chosen. @param only a provider's candidates alone */
  async estimateCost(
    request: PartialRequest,
    only: { readonly provider?: string } = {},
    options: CallOptions = {},
  ): Promise<EstimateCostResponse> {
    const asked = { request: CompleteRequest.fromPartial(request), provider: only.provider };
    return this.#unary(this.#client.estimateCost, asked, options);
  }

  /** All providers that the key may use. */
  async listProviders(options: CallOptions = {}): Promise<ProviderStatus[]> {
    return this.#pages(async (pageToken) => {
      const { providers, nextPageToken } = await this.#unary(
        this.#client.listProviders,
        { pageSize: 1_000, pageToken },
        options,
      );
      return { items: providers, nextPageToken };
    });
  }

  /** What is registered, in numbers; undefined from a routing of an older version. */
  async registryStatistics(options: CallOptions = {}): Promise<RegistryStatistics | undefined> {
    const request = { pageSize: 1, pageToken: '' };
    return (await this.#unary(this.#client.listProviders, request, options)).statistics;
  }

  /** All models that the key may use, filtered. */
  async listModels(
    filter: { readonly capabilities?: readonly string[]; readonly provider?: string } = {},
    options: CallOptions = {},
  ): Promise<Model[]> {
    return this.#pages(async (pageToken) => {
      const request = ListModelsRequest.fromPartial({
        capabilities: [...(filter.capabilities ?? [])],
        provider: filter.provider ?? '',
        pageSize: 5_000,
        pageToken,
      });
      const { models, nextPageToken } = await this.#unary(this.#client.listModels, request, options);
      return { items: models, nextPageToken };
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  async #pages<T>(load: (pageToken: string) => Promise<{ items: T[]; nextPageToken: string }>): Promise<T[]> {
    const all: T[] = [];
    let pageToken = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const { items, nextPageToken } = await load(pageToken);
      all.push(...items);
      if (nextPageToken === '') break;
      pageToken = nextPageToken;
    }
    return all;
  }

  #unary<Req, Res>(method: UnaryMethod<Req, Res>, request: Req, options: CallOptions): Promise<Res> {
    return new Promise((resolve, reject) => {
      const call = method.call(
        this.#client,
        request,
        this.#metadata,
        deadlineOf(options),
        (error, response) => {
          options.signal?.removeEventListener('abort', cancel);
          if (error === null) resolve(response);
          else reject(errorOfStatus(error));
        },
      );
      const cancel = () => call.cancel();
      onAbort(options.signal, cancel);
    });
  }
}

// biome-ignore lint/complexity/useMaxParams: the shape of grpc-js's generated methods
type UnaryMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: GrpcError | null, response: Res) => void,
) => { cancel(): void };

function onAbort(signal: AbortSignal | undefined, cancel: () => void): void {
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
}

const deadlineOf = ({ timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions) => ({
  deadline: Date.now() + timeoutMs,
});
