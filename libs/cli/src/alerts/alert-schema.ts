import { AlertSeverity } from '@switchyard/contracts/alert';
import { AlertMetric, HealthState } from '@switchyard/contracts/health';
import { wordsOf } from '../configuration/document-schema.ts';
import type { ObjectSchema, ValueSchema } from '../configuration/schema.ts';

const text: ValueSchema = { kind: 'text' };
const texts: ValueSchema = { kind: 'list', of: text };
const number: ValueSchema = { kind: 'number', min: 0 };
const whole: ValueSchema = { kind: 'whole', min: 0, max: 0xffff_ffff };

/** A rule as a document has it. */
export const RULE_FIELDS: ObjectSchema = {
  id: text,
  tenant: text,
  provider: text,
  metric: wordsOf(AlertMetric),
  threshold: number,
  resolve_threshold: number,
  worst_state: wordsOf(HealthState),
  window_seconds: whole,
  min_requests: whole,
  for_seconds: whole,
  resolve_for_seconds: whole,
  severity: wordsOf(AlertSeverity),
  receivers: texts,
  disabled: { kind: 'flag' },
};

/** A receiver as a document has it, once its secrets are references. */
export const RECEIVER_FIELDS: ObjectSchema = {
  id: text,
  tenant: text,
  webhook: { kind: 'object', fields: { url: text, signing_secret_ref: text } },
  slack: { kind: 'object', fields: { webhook_ref: text } },
  email: {
    kind: 'object',
    fields: { server: text, from: text, to: texts, user: text, password_ref: text },
  },
};
