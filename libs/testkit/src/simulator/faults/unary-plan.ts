import type { Fault } from './fault.ts';
import { faultSteps } from './fault-steps.ts';
import { type SendStep, type Step, sendBytes } from './step.ts';

/** How a whole body is sent. */
export interface UnaryPlan {
  readonly steps: Iterable<Step>;
  /** What `content-length` says. */
  readonly length: number;
}

/** A whole body and the fault that strikes it. */
export interface UnaryAnswer {
  readonly body: string | Buffer;
  readonly fault: Fault | undefined;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/**
 * The steps of a unary answer under a fault: the same as for a stream of two halves. All of it was generated,
 * and is billed, however little is sent.
 */
export function unaryPlan(answer: UnaryAnswer): UnaryPlan {
  const { body, fault, outputTokens: tokens, reasoningTokens } = answer;
  const length = Buffer.byteLength(body);
  const whole: SendStep = { kind: 'send', data: body, tokens, reasoningTokens, delivered: tokens };
  if (fault === undefined) return { steps: [whole], length };
  if (fault.type === 'garbage') return garbagePlan(whole);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const half = Math.floor(length / 2);
  const sends: SendStep[] = [
    { ...whole, data: bytes.subarray(0, half), delivered: 0 },
    { ...sendBytes(bytes.subarray(half)), delivered: tokens },
  ];
  const halved = withinTwoHalves(fault);
  const steps = faultSteps({ sends, fault: halved, pieces: () => ({ garbage: '', errorEvent: '' }) });
  return { steps, length: sentLength({ fault: halved, length, half }) };
}

/** "After more than one piece" is after the first half. */
function withinTwoHalves(fault: Fault): Fault {
  switch (fault.type) {
    case 'stall':
    case 'reset':
    case 'truncate':
      return fault.afterChunks === undefined
        ? fault
        : { ...fault, afterChunks: Math.min(1, fault.afterChunks) };
    default:
      return fault;
  }
}

/** Only a clean truncation claims to be whole. */
function sentLength(args: { fault: Fault; length: number; half: number }): number {
  const { fault, length, half } = args;
  if (fault.type !== 'truncate' || fault.ending === 'cut') return length;
  return Math.min(length, fault.afterBytes ?? (fault.afterChunks === 0 ? 0 : half));
}

function garbagePlan(whole: SendStep): UnaryPlan {
  const text = Buffer.from(whole.data as string).toString('latin1');
  const data = `${text.slice(0, Math.floor(text.length / 2))}\u0000garbage`;
  return {
    steps: [{ kind: 'spoil' }, { ...whole, data, delivered: 0 }],
    length: Buffer.byteLength(data),
  };
}
