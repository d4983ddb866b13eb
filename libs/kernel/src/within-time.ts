/**
 * What comes of work within a time limit. A process that is busy may find its timer due before it has looked at what lies in its sockets:
 * so it looks once more before it gives up. Timers come before I/O, and immediates after it (Node.js, "The event loop").
 *
 * @throws where the limit has passed
 */
export function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${limitMs} ms`));
    const timer = setTimeout(() => setImmediate(giveUp), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
