import { Purpose } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { RESERVED_FIELDS } from '../../formats/anthropic-messages/reserved-fields.ts';
import { isObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders, SurfaceRequest } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';
import { decodeConversation } from './decode-conversation.ts';
import { decodeSettings } from './decode-settings.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';

/**
 * Versions of the API that are spoken: https://platform.claude.com/docs/en/api/versioning. The newer one only takes less
 * (no sampling settings, no documents in assistant messages), and answers alike.
 */
const VERSIONS: readonly unknown[] = ['2023-06-01', '2026-10-21'];

/** Turns a Messages request into the canonical one, or names every field that is wrong. */
export function decodeMessagesRequest(
  json: unknown,
  headers: CallerHeaders = {},
): Result<SurfaceRequest, FieldViolation[]> {
  return decode(json, headers, ['max_tokens']);
}

/** The same of a request to count its tokens, which needs no limit of the output. */
export function decodeCountRequest(
  json: unknown,
  headers: CallerHeaders = {},
): Result<SurfaceRequest, FieldViolation[]> {
  return decode(json, headers, []);
}

function decode(
  json: unknown,
  headers: CallerHeaders,
  required: readonly string[],
): Result<SurfaceRequest, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  checkVersion(headers, violations);
  for (const name of required) if (!body.has(name)) body.refuse(name, 'is required');
  const { messages, places } = decodeConversation(body);
  const passthroughJson = withBetas(decodePassthrough(body, RESERVED_FIELDS), headers);
  const decoded: SurfaceRequest = {
    stream: body.boolean('stream') ?? false,
    places,
    request: {
      model: body.requiredString('model', 256),
      messages,
      tools: decodeTools(body),
      ...decodeToolChoice(body),
      ...decodeSettings(body),
      user: decodeUser(body),
      purpose: Purpose.UNSPECIFIED,
      passthroughJson,
      passthroughFormat: passthroughJson === '' ? '' : 'anthropic-messages',
      wrongKey: false,
      ...readExtension(body, headers, violations),
    },
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

/** Absent it is taken for the older one. */
function checkVersion(headers: CallerHeaders, violations: Violations): void {
  const version = headers['anthropic-version'];
  if (version === undefined || VERSIONS.includes(version)) return;
  violations.add('anthropic-version', `must be ${VERSIONS.join(' or ')}`);
}

/** Betas are asked for in a header; with the other fields that only a provider of this format knows they go to it. */
function withBetas(passthroughJson: string, headers: CallerHeaders): string {
  const betas = String(headers['anthropic-beta'] ?? '')
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '');
  if (betas.length === 0) return passthroughJson;
  const fields = passthroughJson === '' ? {} : JSON.parse(passthroughJson);
  return JSON.stringify({ ...fields, anthropic_beta: betas });
}

function decodeUser(body: FieldReader): string {
  const metadata = body.reader('metadata');
  metadata?.refuseOthers(['user_id']);
  return metadata?.string('user_id', 256) ?? '';
}
