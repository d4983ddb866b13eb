import type { Distribution } from '../latency/latency-options.ts';

/** A fault and when it strikes. Rules are tried in order; the first that strikes is used. */
export interface FaultRule {
  /** Which requests it is for. Default: all. */
  readonly match?: {
    /** Exact model name. */
    readonly model?: string;
    /** Only streams, or only unary calls. */
    readonly stream?: boolean;
  };
  /** Chance that a matching request is struck. 0–1, default 1. */
  readonly probability?: number;
  /** How many matching requests pass untouched before the rule begins. Default 0. */
  readonly after?: number;
  /** How often it strikes before it is spent. Default: without end. */
  readonly count?: number;
  readonly fault: Fault;
}

/** Rules of one provider; they replace the ones before. */
export interface FaultSetting {
  /** A provider's name, or `*` for each of them. */
  readonly provider: string;
  /** At most 100 rules; none removes all. */
  readonly rules: readonly FaultRule[];
}

/**
 * What goes wrong. `afterChunks` counts the stream events that are sent before; for a unary answer, 0 means after
 * the headers and anything above after half of the body.
 */
export type Fault =
  | StatusFault
  | StallFault
  | TruncateFault
  | GarbageFault
  | ResetFault
  | SlowBytesFault
  | ErrorEventFault
  | WrongContentTypeFault
  | DelayFault
  | OmitUsageFault;

/** Every kind of fault. */
export type FaultType = Fault['type'];

/** An error status in the format's own error shape. Nothing is generated or billed. */
export interface StatusFault {
  readonly type: 'status';
  /** 400–599. */
  readonly status: number;
  readonly retryAfter?: RetryAfter;
  /** Replaces the body: a string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Replaces the body's error type, code or status name, such as `insufficient_quota`. */
  readonly errorType?: string;
}

/**
 * When to come back: a number of seconds, or the form it is written in. `seconds` and `http-date` are the two
 * forms of `Retry-After`, `ms` is the header `retry-after-ms`, `body` is Google's `RetryInfo` in the error body
 * (other formats have no such place and send nothing).
 */
export type RetryAfter =
  | number
  | { readonly form: 'seconds' | 'http-date' | 'ms' | 'body'; readonly seconds: number };

/** Says nothing more until the caller leaves. */
export interface StallFault {
  readonly type: 'stall';
  /** Stream events sent before. Default: not even the status line. 0 sends the headers. */
  readonly afterChunks?: number;
  /** Goes on after this long. Milliseconds, 1–600,000. Default: never. */
  readonly forMs?: number;
}

/** The answer stops in the middle. */
export interface TruncateFault {
  readonly type: 'truncate';
  /** Stream events sent before. Default 1. */
  readonly afterChunks?: number;
  /** Bytes of body sent before; wins over `afterChunks`. */
  readonly afterBytes?: number;
  /** `clean` (default): HTTP says that the body is whole; only the format's own end is missing. `cut`: the connection ends inside the body. */
  readonly ending?: 'clean' | 'cut';
}

/** One stream event, or the body of a unary answer, holds no valid JSON; everything else is whole. */
export interface GarbageFault {
  readonly type: 'garbage';
  /** Stream events sent before. Default 1. Of no meaning for a unary answer. */
  readonly afterChunks?: number;
}

/** The connection is reset (TCP RST). */
export interface ResetFault {
  readonly type: 'reset';
  /** Stream events sent before. Default: not even the status line. */
  readonly afterChunks?: number;
}

/** The whole answer in a trickle: a byte at a time, or per millisecond what the rate asks for; characters are cut in their middle. */
export interface SlowBytesFault {
  readonly type: 'slow-bytes';
  /** 1–1,000,000. Default 100. */
  readonly bytesPerSecond?: number;
}

/** An error inside a stream that began with 200. A unary answer gets the error's own status instead. */
export interface ErrorEventFault {
  readonly type: 'error-event';
  /** Stream events sent before. Default 1. */
  readonly afterChunks?: number;
  /** The error's type in the format's own words. Defaults: `server_error`, `overloaded_error`, `UNAVAILABLE`. */
  readonly errorType?: string;
  readonly message?: string;
  /** Gemini only: the bare error object as the real one sends it (`raw`, default), or as a stream event. */
  readonly framing?: 'raw' | 'event';
}

/** The right body under the wrong `content-type`. */
export interface WrongContentTypeFault {
  readonly type: 'wrong-content-type';
  /** Default `text/html; charset=utf-8`. */
  readonly contentType?: string;
}

/** Slower than the provider's latency setting; the answer is whole. */
export interface DelayFault {
  readonly type: 'delay';
  /** Added before the first byte. */
  readonly firstTokenMs?: Distribution;
  /** Added between two tokens. */
  readonly perTokenMs?: Distribution;
}

/** A whole answer that reports no usage. */
export interface OmitUsageFault {
  readonly type: 'omit-usage';
}
