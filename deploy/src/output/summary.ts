import type { PlannedProvider } from '../providers/planned-provider.ts';
import { alignColumns } from './align-columns.ts';

/** What is told when everything is ready. */
export interface Summary {
  readonly seconds: number;
  /** Names and places of what runs. */
  readonly places: readonly (readonly [name: string, place: string])[];
  readonly providers: readonly Pick<PlannedProvider, 'displayName' | 'id' | 'source' | 'simulated'>[];
  /** Ids of providers that an operator configured by other means. */
  readonly configured: readonly string[];
  readonly httpUrl: string;
  readonly grpcAddress: string;
  readonly apiKey: string;
  /** Path of the file to source, as the user would type it. */
  readonly devEnvFile: string;
  /** What is not in order, in sentences. */
  readonly notes: readonly string[];
  /** How it is ended. */
  readonly ending: string;
}

/** A request that both printed commands make. */
const PROMPT = 'Say hello in five words.';

/** What runs where, a key, and commands to paste. */
export function renderSummary(summary: Summary): string {
  const { seconds, places, apiKey, devEnvFile, notes, ending } = summary;
  return [
    '',
    `Switchyard is ready (${seconds.toFixed(1)} s).`,
    '',
    ...indent(alignColumns(places)),
    '',
    ...providerLines(summary),
    '',
    `API key: ${apiKey}   (for your shell: source ${devEnvFile})`,
    '',
    'Ask by HTTP, as OpenAI clients do:',
    '',
    `  ${curlCommand(summary)}`,
    '',
    'Ask by gRPC:',
    '',
    `  ${cliCommand()}`,
    '',
    'or, with grpcurl, by reflection:',
    '',
    `  ${grpcurlCommand(summary)}`,
    '',
    ...notes.map((note) => `! ${note}`),
    ending,
    '',
  ].join('\n');
}

function providerLines({ providers, configured }: Summary): string[] {
  const rows = providers.map(({ id, displayName, source }) => [id, displayName, source]);
  const others = configured.map((id) => [id, '', 'configured earlier']);
  const simulated = providers.filter((provider) => provider.simulated);
  const lines = ['Providers:', ...indent(alignColumns([...rows, ...others]))];
  if (simulated.length === 0) return lines;
  return [
    ...lines,
    'These providers are SIMULATED: no model answers, the text is made up, nobody is paid. For real answers, set a key',
    '(OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, …) or run Ollama, LM Studio, LocalAI or vLLM, and start again.',
  ];
}

/** Asks by HTTP. */
export function curlCommand({ httpUrl, apiKey }: Pick<Summary, 'httpUrl' | 'apiKey'>): string {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: PROMPT }] });
  return `curl -sS ${httpUrl}/v1/chat/completions -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' -d '${body}'`;
}

/** Asks by gRPC with Switchyard's own command, which finds address and key by itself. */
export const cliCommand = (): string => `npm run -s switchyard -- chat '${PROMPT}'`;

/** Asks by gRPC with a client that knows nothing beforehand. */
export function grpcurlCommand({ grpcAddress, apiKey }: Pick<Summary, 'grpcAddress' | 'apiKey'>): string {
  const request = JSON.stringify({
    model: 'auto',
    messages: [{ role: 'ROLE_USER', parts: [{ text: PROMPT }] }],
  });
  return `grpcurl -plaintext -H 'authorization: Bearer ${apiKey}' -d '${request}' ${grpcAddress} switchyard.routing.v1.InferenceService/Complete`;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
