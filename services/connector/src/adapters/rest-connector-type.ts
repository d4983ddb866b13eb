import { invalidArgument } from '@switchyard/kernel';
import { isNamed, type NamedHosts } from '@switchyard/service-kit';
import type { Agent, Dispatcher } from 'undici';
import type { Connector } from '../domain/connector.ts';
import type { ConnectorCall, ConnectorResult, ConnectorType } from '../domain/connector-type.ts';
import { credentialHeaders } from '../domain/credential.ts';
import { originKey, parseRestEndpoint, type RestEndpoint } from '../domain/endpoint.ts';
import { secretForms } from '../domain/redact-secret.ts';
import { encodeRestAnswer, type RawAnswer } from '../domain/rest/rest-answer.ts';
import { parseRestCall, type RestCall } from '../domain/rest/rest-call.ts';
import { refuseForbiddenLiteral } from './refuse-forbidden-literal.ts';
import { restFailure } from './rest-failure.ts';

export interface RestConnectorOptions {
  readonly agent: Agent;
  readonly named: NamedHosts;
}

/** Statuses by which a system says that it fails: its own errors, and too many requests. */
const isFailing = (status: number): boolean => status >= 500 || status === 429;

/** Calls of an HTTP API below a base URL. */
export function restConnectorType({ agent, named }: RestConnectorOptions): ConnectorType<RestCall> {
  return {
    name: 'rest',
    operations: ['call'],
    readConfiguration: (connector) => readEndpoint(connector, named),
    readInput: (connector, input) =>
      parseRestCall(input, {
        basePath: readEndpoint(connector, named).basePath,
        credentialHeader: connector.apiKeyHeader,
      }),
    async execute(call) {
      const endpoint = readEndpoint(call.connector, named);
      try {
        return await execute(call, { agent, endpoint });
      } catch (error) {
        throw call.signal.aborted ? call.signal.reason : restFailure(error);
      }
    },
    forget: () => {},
    close: () => agent.close(),
  };
}

function readEndpoint(connector: Connector, named: NamedHosts): RestEndpoint {
  const endpoint = parseRestEndpoint(connector.endpoint);
  if (!endpoint.ok) throw invalidArgument({ field: 'connector.endpoint', description: endpoint.error });
  if (endpoint.value.scheme === 'http' && !isNamed(endpoint.value, named)) {
    throw invalidArgument({
      field: 'connector.endpoint',
      description: 'must be https: plain http is for hosts that the operator named',
    });
  }
  refuseForbiddenLiteral(endpoint.value, named);
  return endpoint.value;
}

async function execute(
  { connector, input, credential, timeLeftMs, signal }: ConnectorCall<RestCall>,
  { agent, endpoint }: { readonly agent: Agent; readonly endpoint: RestEndpoint },
): Promise<ConnectorResult> {
  const response = await agent.request({
    origin: originKey(endpoint),
    path: input.target,
    method: input.method,
    headers: {
      'user-agent': 'switchyard-connector',
      accept: 'application/json, */*;q=0.5',
      ...input.headers,
      // Compressed answers could not be bounded or searched for the credential.
      'accept-encoding': 'identity',
      ...credentialHeaders(credential, connector.apiKeyHeader),
    },
    body: input.body ?? null,
    signal,
    // The signal is the limit; undici's own would be five minutes.
    headersTimeout: timeLeftMs + 1_000,
    bodyTimeout: timeLeftMs + 1_000,
  });
  const answer = await readAnswer(response, connector.limits.maxBytes);
  return {
    outputJson: encodeRestAnswer(answer, secretForms(credential)),
    sizes: { bytes: answer.body.length },
    systemFails: isFailing(answer.status),
  };
}

/** Reads up to the cap and not a byte more, then lets go. */
async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let truncated = false;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const room = maxBytes - bytes;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    bytes += Math.min(chunk.length, room);
    if (chunk.length <= room) continue;
    truncated = true;
    break;
  }
  return { status: statusCode, headers, body: Buffer.concat(chunks), truncated };
}
