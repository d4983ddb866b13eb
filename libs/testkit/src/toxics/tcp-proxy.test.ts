import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from './index.ts';

/** Longer than anything here takes, shorter than a test may last. */
const A_WHILE_MS = 20_000;

let target: Server;
let proxy: TcpProxy;
/** Sockets that the target has accepted. */
let accepted: Socket[];

beforeEach(async () => {
  accepted = [];
  target = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  proxy = await startTcpProxy({
    target: { host: '127.0.0.1', port: (target.address() as AddressInfo).port },
  });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of accepted) socket.destroy();
  target.close();
});

/** A caller that remembers what happened to it. */
class Caller {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  readonly events: string[] = [];

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    this.socket.on('end', () => this.events.push('end'));
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.events.push(error.code ?? 'error'));
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  async until(condition: () => boolean): Promise<void> {
    const end = performance.now() + A_WHILE_MS;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`still "${this.text}" and [${this.events}]`);
      await sleep(2);
    }
  }
}

async function openCaller(): Promise<Caller> {
  const caller = new Caller(proxy.port);
  caller.socket.write('hello');
  await caller.until(() => caller.text === 'hello');
  caller.chunks.length = 0;
  return caller;
}

describe('without a toxic', () => {
  it('carries 5 MB both ways unchanged, and an end in each direction by itself', async () => {
    const caller = new Caller(proxy.port);
    const sent = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7919) % 251));
    caller.socket.end(sent);
    await caller.until(() => caller.events.includes('end'));
    expect(Buffer.concat(caller.chunks).equals(sent)).toBe(true);
    await caller.until(() => proxy.connections === 0);
  });

  it('counts open and accepted connections', async () => {
    const callers = [await openCaller(), await openCaller()];
    expect([proxy.connections, proxy.accepted]).toEqual([2, 2]);
    callers[0]?.socket.end();
    await callers[1]?.until(() => proxy.connections === 1);
    expect(proxy.accepted).toBe(2);
  });

  it('resets the caller when the target resets, and the target when the caller does', async () => {
    const first = await openCaller();
    accepted[0]?.resetAndDestroy();
    await first.until(() => first.events.includes('ECONNRESET'));
    const second = await openCaller();
    const seen: string[] = [];
    accepted[1]?.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code ?? ''));
    second.socket.resetAndDestroy();
    await second.until(() => seen.includes('ECONNRESET'));
  });

  it('pushes back on a sender whose receiver does not read', async () => {
    const caller = await openCaller();
    caller.socket.pause();
    const block = Buffer.alloc(64 * 1024);
    for (let blocks = 0; blocks < 512; blocks += 1) {
      accepted[0]?.write(block);
      if (blocks % 64 === 0) await sleep(5);
    }
    await sleep(50);
    // 32 MB were written: the proxy holds 1 MB, the kernel's buffers some more, the rest waits at the sender.
    expect(accepted[0]?.writableLength).toBeGreaterThan(16 * 1024 * 1024);
  });

  it('resets the caller when nothing listens at the target', async () => {
    await new Promise((resolve) => target.close(resolve));
    const caller = new Caller(proxy.port);
    await caller.until(() => caller.events.includes('ECONNRESET'));
  });
});

describe('latency', () => {
  it('delays each way by the time given, and chunks that follow each other by no more', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'latency', delayMs: 300 });
    const start = performance.now();
    const sent = '0123456789'.repeat(4);
    for (const text of sent) {
      caller.socket.write(text);
      await sleep(10);
    }
    await caller.until(() => caller.text === sent);
    const elapsedMs = performance.now() - start;
    expect(elapsedMs).toBeGreaterThanOrEqual(595);
    // Delayed one after another, forty chunks would need 12,300 ms.
    expect(elapsedMs).toBeLessThan(10_000);
  });

  it('spreads the delay by the jitter, with the random numbers given', async () => {
    const port = (target.address() as AddressInfo).port;
    await using late = await startTcpProxy({ target: { host: '127.0.0.1', port }, random: () => 0.999 });
    await late.set({ type: 'latency', delayMs: 50, jitterMs: 50 });
    const caller = new Caller(late.port);
    const start = performance.now();
    caller.socket.write('x');
    await caller.until(() => caller.text === 'x');
    expect(performance.now() - start).toBeGreaterThanOrEqual(195);
    caller.socket.destroy();
  });
});

describe('stall', () => {
  it('passes no byte and tells no close, and lets all of it through when healed', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'stall' });
    caller.socket.end('held');
    accepted[0]?.write('back');
    await sleep(100);
    expect([caller.text, caller.events]).toEqual(['', []]);
    await proxy.set(undefined);
    await caller.until(() => caller.events.includes('end'));
    expect(caller.text).toBe('backheld');
  });

  it('hides from the target that the caller has gone', async () => {
    const caller = await openCaller();
    const seen: string[] = [];
    accepted[0]?.on('error', () => seen.push('reset')).on('end', () => seen.push('end'));
    await proxy.set({ type: 'stall' });
    caller.socket.resetAndDestroy();
    await sleep(100);
    expect(seen).toEqual([]);
    await proxy.set(undefined);
    await caller.until(() => seen.includes('reset'));
  });

  it('accepts new connections and answers none of them', async () => {
    await proxy.set({ type: 'stall' });
    const caller = new Caller(proxy.port);
    caller.socket.write('x');
    await caller.until(() => proxy.accepted === 1);
    await sleep(100);
    expect([caller.text, caller.events]).toEqual(['', []]);
  });

  it('pushes back on a sender instead of filling the memory', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'stall' });
    const block = Buffer.alloc(64 * 1024);
    let refused = 0;
    for (let blocks = 0; blocks < 512; blocks += 1) {
      if (!caller.socket.write(block)) refused += 1;
      if (blocks % 64 === 0) await sleep(5);
    }
    await sleep(50);
    expect(refused).toBeGreaterThan(0);
    // 32 MB were written: the proxy holds 1 MB, the kernel's buffers some more, the rest waits at the sender.
    expect(caller.socket.writableLength).toBeGreaterThan(16 * 1024 * 1024);
  });
});

describe('reset', () => {
  it('resets open and new connections at once', async () => {
    const open = await openCaller();
    await proxy.set({ type: 'reset' });
    await open.until(() => open.events.includes('ECONNRESET'));
    const fresh = new Caller(proxy.port);
    await fresh.until(() => fresh.events.includes('ECONNRESET'));
    expect(fresh.text).toBe('');
  });

  it('resets after exactly the bytes given', async () => {
    await proxy.set({ type: 'reset', afterBytes: 7 });
    const caller = new Caller(proxy.port);
    caller.socket.write('0123456789');
    await caller.until(() => caller.events.includes('ECONNRESET'));
    expect(caller.text).toBe('0123456');
  });
});

describe('slice', () => {
  it('delivers in pieces of the size given, with pauses', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'slice', pieceBytes: 3, intervalMs: 300 });
    const start = performance.now();
    caller.socket.write('0123456789');
    await caller.until(() => caller.text === '0123456789');
    expect(performance.now() - start).toBeGreaterThanOrEqual(895);
    expect(caller.chunks.map(String)).toEqual(['012', '345', '678', '9']);
  });

  it('delivers the rest at once when healed', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'slice', pieceBytes: 1, intervalMs: 60_000 });
    caller.socket.write('abc');
    await caller.until(() => caller.text === 'a');
    await proxy.set(undefined);
    await caller.until(() => caller.text === 'abc');
  });
});

describe('limit', () => {
  it('closes in an orderly way after exactly the bytes given', async () => {
    await proxy.set({ type: 'limit', bytes: 4 });
    const caller = new Caller(proxy.port);
    caller.socket.write('0123456789');
    await caller.until(() => caller.events.includes('end'));
    caller.socket.end();
    await caller.until(() => proxy.connections === 0);
    expect([caller.text, caller.events]).toEqual(['0123', ['end']]);
  });

  it('counts anew from the moment it is set', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'limit', bytes: 2 });
    caller.socket.write('xyz');
    await caller.until(() => caller.events.includes('end'));
    expect(caller.text).toBe('xy');
  });
});

describe('slow-close', () => {
  it('tells the other side of a close after the time given, and delays no bytes', async () => {
    const caller = await openCaller();
    await proxy.set({ type: 'slow-close', delayMs: 1_000 });
    const start = performance.now();
    accepted[0]?.end('bye');
    await caller.until(() => caller.text === 'bye');
    expect(caller.events).toEqual([]);
    await caller.until(() => caller.events.includes('end'));
    expect(performance.now() - start).toBeGreaterThanOrEqual(995);
  });
});

describe('refuse', () => {
  it('resets open connections, refuses new ones, and opens the same port when healed', async () => {
    const open = await openCaller();
    const { port } = proxy;
    await proxy.set({ type: 'refuse' });
    await open.until(() => open.events.includes('ECONNRESET'));
    const refused = new Caller(port);
    await refused.until(() => refused.events.includes('ECONNREFUSED'));
    await proxy.set(undefined);
    expect(proxy.port).toBe(port);
    await openCaller();
  });
});

describe('set', () => {
  it.each([
    { type: 'latency', delayMs: -1 },
    { type: 'slice', pieceBytes: 0, intervalMs: 1 },
    { type: 'limit', bytes: 1.5 },
    { type: 'slow-close', delayMs: Number.NaN },
  ] as const)('refuses %o by name', async (toxic) => {
    await expect(proxy.set(toxic)).rejects.toThrow(RangeError);
  });
});

describe('close', () => {
  it('closes every connection and the port', async () => {
    const caller = await openCaller();
    await proxy.close();
    await caller.until(() => caller.events.length > 0);
    const late = new Caller(proxy.port);
    await late.until(() => late.events.includes('ECONNREFUSED'));
  });
});
