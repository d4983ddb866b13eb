import {
  type ServerDuplexStream,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

/** Calls that are answered at once: who reflects asks a few questions, once. */
const MOST_CALLS = 64;
/** Longest that one may take, in milliseconds. */
const LONGEST_MS = 60_000;

type Reflecting = Pick<ServerDuplexStream<unknown, unknown>, 'write' | 'pause' | 'resume' | 'once' | 'emit'>;
type Reflect = (call: Reflecting) => void;

/**
 * The library's handlers with bounds: it answers whoever asks, without a key, as fast as they ask, also who never reads an answer. So
 * questions wait while answers do, and calls are bounded in number and time.
 */
export function boundReflection(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
  let calls = 0;
  const bounded =
    (reflect: Reflect): Reflect =>
    (call) => {
      if (calls >= MOST_CALLS) {
        call.emit('error', refusal(status.RESOURCE_EXHAUSTED, 'too many ask for descriptors at once'));
        return;
      }
      calls++;
      const end = () => {
        call.pause();
        call.emit('error', refusal(status.DEADLINE_EXCEEDED, 'asking for descriptors took too long'));
      };
      const timer = setTimeout(end, LONGEST_MS).unref();
      let isOver = false;
      const over = () => {
        if (isOver) return;
        isOver = true;
        calls--;
        clearTimeout(timer);
      };
      for (const event of ['cancelled', 'close', 'finish', 'error']) call.once(event, over);
      awaitReader(call);
      reflect(call);
    };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, bounded(handler as unknown as Reflect)]),
  ) as unknown as UntypedServiceImplementation;
}

/** Takes no further question while the answers to earlier ones are not read. */
function awaitReader(call: Reflecting): void {
  const write = call.write.bind(call);
  call.write = (...answer: Parameters<typeof write>) => {
    const hasRoom = write(...answer);
    if (!hasRoom) {
      call.pause();
      call.once('drain', () => call.resume());
    }
    return hasRoom;
  };
}

const refusal = (code: status, details: string): Partial<ServiceError> => ({ code, details });
