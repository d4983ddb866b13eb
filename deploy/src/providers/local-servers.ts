/** A program that serves models on this machine in OpenAI's format. */
export interface LocalServerKind {
  readonly id: string;
  readonly name: string;
  /** Variable that says where it is, when it is elsewhere. */
  readonly variable: string;
  /** Where it listens unless told otherwise. */
  readonly url: string;
}

/** Default ports are those of each program's documentation. */
export const LOCAL_SERVERS: readonly LocalServerKind[] = [
  // https://docs.ollama.com/api/openai-compatibility
  { id: 'ollama', name: 'Ollama', variable: 'OLLAMA_BASE_URL', url: 'http://127.0.0.1:11434' },
  // https://lmstudio.ai/docs/app/api/endpoints/openai
  { id: 'lmstudio', name: 'LM Studio', variable: 'LMSTUDIO_BASE_URL', url: 'http://127.0.0.1:1234' },
  // https://localai.io/basics/getting_started/
  { id: 'localai', name: 'LocalAI', variable: 'LOCALAI_URL', url: 'http://127.0.0.1:8080' },
  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
  { id: 'vllm', name: 'vLLM', variable: 'VLLM_URL', url: 'http://127.0.0.1:8000' },
];

/** The address below which `/models` and `/chat/completions` are; with or without `/v1` in what the user wrote. Undefined: no address. */
export function apiBaseUrl(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith('/v1') ? path : `${path}/v1`}`;
}
