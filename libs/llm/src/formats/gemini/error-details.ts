import { arrayAt, isObject, type JsonObject, stringAt } from '../json.ts';

/** What Google's error details say. Source: https://cloud.google.com/apis/design/errors#error_details */
export interface ErrorDetails {
  /** `ErrorInfo.reason`, "API_KEY_INVALID". */
  readonly reason: string | undefined;
  /** `RetryInfo.retryDelay`, in ms. */
  readonly retryDelayMs: number | undefined;
  /** `QuotaFailure.violations[].quotaId`. */
  readonly quotaIds: readonly string[];
  /** The first of `BadRequest.fieldViolations[].field`. */
  readonly field: string | undefined;
}

/** Details looked at; Google sends a handful. */
const MAX_DETAILS = 20;
const TYPE = 'type.googleapis.com/google.rpc.';
/** A protobuf Duration as JSON, "34.074824224s". */
const DURATION = /^(\d{1,9}(?:\.\d{1,9})?)s$/;

/** Reads `error.details`. */
export function readErrorDetails(error: JsonObject): ErrorDetails {
  const details = arrayAt(error, 'details').slice(0, MAX_DETAILS).filter(isObject);
  const ofType = (name: string) => details.find((detail) => detail['@type'] === `${TYPE}${name}`) ?? {};
  const quotaIds = namesIn(ofType('QuotaFailure'), { list: 'violations', name: 'quotaId' });
  return {
    reason: stringAt(ofType('ErrorInfo'), 'reason'),
    retryDelayMs: parseDurationMs(stringAt(ofType('RetryInfo'), 'retryDelay') ?? ''),
    quotaIds,
    field: namesIn(ofType('BadRequest'), { list: 'fieldViolations', name: 'field' })[0],
  };
}

function namesIn(detail: JsonObject, { list, name }: { list: string; name: string }): string[] {
  return arrayAt(detail, list)
    .slice(0, MAX_DETAILS)
    .flatMap((entry) => (isObject(entry) ? (stringAt(entry, name) ?? []) : []));
}

function parseDurationMs(text: string): number | undefined {
  const seconds = DURATION.exec(text)?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}
