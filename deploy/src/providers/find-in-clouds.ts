import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '@switchyard/kernel';
import type { EnvReader } from '@switchyard/service-kit';
import { OTHER_PRIORITY, type PlannedProvider } from './planned-provider.ts';

/** Providers of clouds, and sentences about those that are named by half. */
export interface CloudFinding {
  readonly providers: readonly PlannedProvider[];
  readonly notes: readonly string[];
}

/** What one place of the environment says; undefined where it says nothing of a cloud. */
type Found = Pick<PlannedProvider, 'baseUrl' | 'key' | 'source'> & Partial<PlannedProvider>;
type Finding = Found | { readonly note: string } | undefined;

interface Cloud {
  /** Id in the catalog. */
  readonly id: string;
  readonly displayName: string;
  readonly wireFormat: string;
  readonly find: (reader: EnvReader) => Finding;
}

/** A region, a resource or a project is a part of a host's name or of a path, and nothing else. */
const NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const AZURE_HOSTS =
  /^[a-z0-9-]{1,64}\.(openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$/;

/** Clouds by the variables of their own tools. Their addresses are made here, of parts that are checked: a key goes nowhere else. */
const CLOUDS: readonly Cloud[] = [
  { id: 'cohere', displayName: 'Cohere', wireFormat: 'cohere-v2', find: findCohere },
  { id: 'amazon-bedrock', displayName: 'Amazon Bedrock', wireFormat: 'bedrock-converse', find: findBedrock },
  { id: 'google-vertex', displayName: 'Vertex AI', wireFormat: 'vertex-gemini', find: findVertex },
  { id: 'azure', displayName: 'Azure OpenAI', wireFormat: 'azure-openai', find: findAzure },
];

/** Providers of clouds whose key and address are in the environment. What is odd becomes a note, without the key: the variables are other tools' too. */
export function findInClouds(reader: EnvReader): CloudFinding {
  const providers: PlannedProvider[] = [];
  const notes: string[] = [];
  for (const { id, displayName, wireFormat, find } of CLOUDS) {
    const found = find(reader);
    if (found === undefined) continue;
    if ('note' in found) notes.push(`${displayName} is not used: ${found.note}`);
    else
      providers.push({
        ...{ id, displayName, wireFormat, models: [], priority: OTHER_PRIORITY, simulated: false },
        ...found,
      });
  }
  return { providers, notes };
}

/** https://docs.cohere.com/reference/about: the SDK reads CO_API_KEY */
function findCohere(reader: EnvReader): Finding {
  const [source, key] = firstOf(reader, ['COHERE_API_KEY', 'CO_API_KEY']);
  return key === undefined ? undefined : { baseUrl: 'https://api.cohere.com/v2', key, source };
}

/** https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html; a key without a region is for something else. */
function findBedrock(reader: EnvReader): Finding {
  const [source, accessKeyId] = firstOf(reader, ['AWS_ACCESS_KEY_ID']);
  if (accessKeyId === undefined) return undefined;
  const secretAccessKey = reader.optional('AWS_SECRET_ACCESS_KEY');
  if (secretAccessKey === undefined) return undefined;
  const named = nameIn(reader, ['AWS_REGION', 'AWS_DEFAULT_REGION']);
  if (!named.ok) return { note: named.error };
  const region = named.value;
  if (region === undefined) return undefined;
  const key = JSON.stringify({
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    session_token: reader.optional('AWS_SESSION_TOKEN'),
    region,
  });
  return { baseUrl: `https://bedrock-runtime.${region}.amazonaws.com`, key, source };
}

/** https://cloud.google.com/docs/authentication/application-default-credentials: the variable is the path of a file */
function findVertex(reader: EnvReader): Finding {
  const [source, path] = firstOf(reader, ['GOOGLE_APPLICATION_CREDENTIALS']);
  if (path === undefined) return undefined;
  const located = nameIn(reader, ['GOOGLE_VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION']);
  if (!located.ok) return { note: located.error };
  const region = located.value;
  if (region === undefined) return undefined;
  const account = serviceAccountAt(path);
  if (account === undefined) return { note: `${source} names no readable key of a service account` };
  const named = nameIn(reader, ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT']);
  if (!named.ok) return { note: named.error };
  const project = named.value ?? account.projectId;
  const host = region === 'global' ? 'aiplatform.googleapis.com' : `${region}-aiplatform.googleapis.com`;
  return {
    baseUrl: `https://${host}/v1/projects/${project}/locations/${region}/publishers/google`,
    key: account.text,
    tokenOrigins: ['https://oauth2.googleapis.com'],
    source,
  };
}

/** https://learn.microsoft.com/azure/ai-services/openai: models are called by the names of their deployments, which the user chose. */
function findAzure(reader: EnvReader): Finding {
  const [source, key] = firstOf(reader, ['AZURE_OPENAI_API_KEY']);
  if (key === undefined) return undefined;
  const endpoint = reader.optional('AZURE_OPENAI_ENDPOINT');
  if (endpoint === undefined) return undefined;
  const url = URL.parse(endpoint);
  if (url?.protocol !== 'https:' || url.port !== '' || !AZURE_HOSTS.test(url.hostname))
    return { note: 'AZURE_OPENAI_ENDPOINT must be an address such as https://my-resource.openai.azure.com' };
  const models = (
    reader.optional('AZURE_OPENAI_DEPLOYMENTS') ??
    reader.optional('AZURE_OPENAI_DEPLOYMENT') ??
    ''
  )
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (models.length === 0) return { note: 'AZURE_OPENAI_DEPLOYMENTS must name its deployments, with commas' };
  return { baseUrl: `https://${url.hostname}/openai/v1`, key, models, source };
}

/** The first variable that is set, and what it holds. */
function firstOf(reader: EnvReader, names: readonly string[]): readonly [string, string | undefined] {
  for (const name of names) {
    const value = reader.optional(name)?.trim();
    if (value !== undefined) return [name, value];
  }
  return [names[0] ?? '', undefined];
}

/** The plain name that the first variable holds that is set; undefined where none is. What is wrong with it, in one sentence. */
function nameIn(reader: EnvReader, names: readonly string[]): Result<string | undefined, string> {
  const [name, value] = firstOf(reader, names);
  if (value === undefined || NAME.test(value)) return ok(value);
  return err(`${name} must be a plain name, not ${JSON.stringify(value)}`);
}

/** The key of a service account as its file has it; undefined where it is none, or cannot be read. */
function serviceAccountAt(path: string): { readonly text: string; readonly projectId: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const { type, project_id: projectId } = JSON.parse(text) as { type?: unknown; project_id?: unknown };
    if (type !== 'service_account' || typeof projectId !== 'string' || !NAME.test(projectId))
      return undefined;
    return { text, projectId };
  } catch {
    return undefined;
  }
}
