import type { WireFormatName } from '../options/simulator-options.ts';
import type { SimulatedProvider } from '../simulator.ts';

const EXAMPLE_PATHS: Readonly<Record<WireFormatName, string>> = {
  'openai-chat': 'POST /v1/chat/completions, GET /v1/models',
  'openai-responses': 'POST /v1/responses, GET /v1/models',
  'anthropic-messages': 'POST /v1/messages, GET /v1/models',
  gemini:
    'POST /v1beta/models/{model}:generateContent, POST /v1beta/models/{model}:streamGenerateContent?alt=sse, GET /v1beta/models',
  'ollama-native': 'POST /api/chat, GET /api/tags',
  'cohere-v2': 'POST /v2/chat, POST /v2/rerank, GET /v1/models',
  'bedrock-converse': 'POST /model/{model}/converse, POST /model/{model}/converse-stream',
  'vertex-gemini':
    'POST /token, POST /v1/projects/{project}/locations/{region}/publishers/google/models/{model}:generateContent',
  'vertex-anthropic':
    'POST /token, POST /v1/projects/{project}/locations/{region}/publishers/anthropic/models/{model}:rawPredict',
  'azure-openai': 'POST /openai/v1/chat/completions',
  'azure-openai-deployments': 'POST /openai/deployments/{deployment}/chat/completions?api-version=2024-10-21',
};

/** What a simulator says about itself. */
export function describeSimulator(providers: Iterable<SimulatedProvider>): string {
  const lines = [
    'This is the Switchyard provider simulator. No model answers here: everything is simulated.',
    '',
    'Providers:',
  ];
  for (const { name, format, baseUrl } of providers) {
    lines.push(`  ${name} (${format}) at ${baseUrl}`, `    ${EXAMPLE_PATHS[format]}`);
  }
  return `${lines.join('\n')}

Control:
  GET    /stats                       what was served, by provider and model
  GET    /stats/attempts?after=0      ended calls as JSON lines (limit=1..10000; header x-next-cursor)
  GET    /control                     the faults and latency that are set
  PUT    /control/faults              {"provider": "name or *", "rules": [{"fault": {"type": "status", "status": 503}}]}
  DELETE /control/faults?provider=    no faults, of one provider or of all
  PUT    /control/latency             {"provider": "name or *", "latency": {"firstTokenMs": 200, "perTokenMs": 10}}
  POST   /control/reset               back to how it started
`;
}
