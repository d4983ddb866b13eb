/** What a local server answered. */
export type LocalModels =
  | { readonly kind: 'models'; readonly models: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** Nobody waits long for a program that isn't there; one that wakes up may need a moment. */
const TIMEOUT_MS = 800;
const MAX_BYTES = 1024 * 1024;
const MAX_MODELS = 1_000;

/** Asks an OpenAI-compatible server for its models. Anything that does not answer in that form is not one. */
export async function listLocalModels(baseUrl: string, timeoutMs = TIMEOUT_MS): Promise<LocalModels> {
  try {
    const answer = await fetch(`${baseUrl}/models`, {
      // A redirect would lead to an address that nobody named.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return { kind: 'none', why: `it answers ${answer.status} to /v1/models` };
    }
    return readModels(await readText(answer));
  } catch (error) {
    const { name, message, cause } = error as Error;
    const code = (cause as { code?: string } | undefined)?.code;
    return {
      kind: 'none',
      why: name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : (code ?? message),
    };
  }
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`its answer has more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `{"object": "list", "data": [{"id": "llama3.2"}]}`. Models that only embed can't answer a chat and are left out. */
export function readModels(text: string): LocalModels {
  let data: unknown;
  try {
    data = (JSON.parse(text) as { data?: unknown } | null)?.data;
  } catch {
    return { kind: 'none', why: 'its answer is not JSON' };
  }
  if (!Array.isArray(data)) return { kind: 'none', why: 'its answer is not a list of models' };
  const models = data
    .map((entry) => (entry as { id?: unknown } | null)?.id)
    .filter((id) => typeof id === 'string' && id.length > 0 && id.length <= 256)
    .filter((id) => !/embed/i.test(id as string)) as string[];
  if (models.length === 0) return { kind: 'none', why: 'it has no model for chats' };
  return { kind: 'models', models: [...new Set(models)].slice(0, MAX_MODELS) };
}
