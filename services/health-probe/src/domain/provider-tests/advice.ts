/** Why a call of a test failed. */
export interface CallFailure {
  /** Reason as routing gave it. */
  readonly reason: string;
  /** Class of the provider's error; undefined where the provider was not called or did not fail. */
  readonly errorClass: string | undefined;
}

const BY_CLASS: ReadonlyMap<string, string> = new Map([
  ['authentication', 'the provider refuses the key: store a valid one (switchyard apply --secrets)'],
  ['permission', 'the account may not use this model: ask the provider, or test another with --model'],
  ['quota', 'the account is exhausted: add credit at the provider'],
  ['rate_limited', 'the account is at its limit: wait, or ask the provider for more'],
  ['overloaded', 'the provider is overloaded: try again later'],
  ['server_error', 'the provider fails: see its status page, and switchyard health PROVIDER --history'],
  ['connection', 'it cannot be reached: check base_url, DNS, the firewall and TLS'],
  ['timeout', 'it is too slow: try again with a longer --timeout, or a smaller model'],
  ['not_found', 'it does not know the model: correct its models, or test another with --model'],
  ['invalid_request', 'it refuses the request: check that wire_format is the one it speaks'],
  ['invalid_response', 'what it answers cannot be read: check that wire_format is the one it speaks'],
  ['broken_stream', 'something between may cut streams: check proxies and their time limits'],
  ['context_length', 'its context is too small for the test: test another model with --model'],
  ['content_filter', 'its filter refuses the test: test another model with --model'],
]);

const BY_REASON: ReadonlyMap<string, string> = new Map([
  ['NO_CANDIDATE', 'see why with switchyard route --explain --model PROVIDER/MODEL'],
  ['MODEL_NOT_FOUND', 'it offers no such model; switchyard models --provider PROVIDER lists them'],
  ['DEADLINE_EXCEEDED', 'it is too slow: try again with a longer --timeout'],
]);

/** What to do about a call that failed. */
export const adviceFor = ({ reason, errorClass }: CallFailure): string =>
  BY_CLASS.get(errorClass ?? '') ??
  BY_REASON.get(reason) ??
  'see the logs of routing and switchyard decision ID';
