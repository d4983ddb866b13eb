// Loaded before a process's own code (`node --import`): its wall clock is off by as many milliseconds as the file SHIFTED_CLOCK_FILE
// says now, as if somebody had set it. Monotonic time is left alone, as it is on a real machine.
import { readFileSync } from 'node:fs';

const file = process.env.SHIFTED_CLOCK_FILE;
const realNow = Date.now;
let offsetMs = 0;
const read = () => {
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    offsetMs = 0;
  }
};
read();
setInterval(read, 20).unref();

const now = () => realNow() + offsetMs;
globalThis.Date = new Proxy(Date, {
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
});
