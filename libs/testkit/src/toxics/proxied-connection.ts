import { connect, type Socket } from 'node:net';
import { Lane } from './lane.ts';
import type { ToxicSetting } from './toxic-setting.ts';

/** How long a side may take to answer an orderly close with its own. */
const CLOSE_TIMEOUT_MS = 5_000;

/** One caller's connection and the one to the target behind it. */
export class ProxiedConnection {
  readonly #caller: Socket;
  readonly #target: Socket;
  readonly #lanes: readonly [Lane, Lane];
  readonly #unsubscribe: () => void;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    caller: Socket;
    target: { readonly host: string; readonly port: number };
    setting: ToxicSetting;
    random: () => number;
    /** Called when both sockets are closed. */
    onClosed: () => void;
  }) {
    const { caller, setting, random, onClosed } = options;
    const target = connect({ ...options.target, allowHalfOpen: true, noDelay: true });
    this.#caller = caller;
    this.#target = target;
    const shared = { setting, random, end: (how: 'reset' | 'close') => this.end(how) };
    this.#lanes = [
      new Lane({ ...shared, from: caller, to: target, direction: 'from-caller' }),
      new Lane({ ...shared, from: target, to: caller, direction: 'from-target' }),
    ];
    this.#unsubscribe = setting.onChange(() => {
      for (const lane of this.#lanes) lane.poke();
    });
    const noticeClosed = (): void => {
      if (!caller.closed || !target.closed) return;
      this.#finish();
      clearTimeout(this.#timer);
      onClosed();
    };
    caller.once('close', noticeClosed);
    target.once('close', noticeClosed);
    for (const lane of this.#lanes) void lane.run();
  }

  /** Ends both sides; what is on its way is lost. */
  end(how: 'reset' | 'close'): void {
    this.#finish();
    for (const socket of [this.#caller, this.#target]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end();
    }
    // With unread input a close would turn into a reset: the sockets stay open to read, for a while.
    this.#timer ??= setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS).unref();
  }

  destroy(): void {
    this.#finish();
    this.#caller.destroy();
    this.#target.destroy();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#unsubscribe();
    for (const lane of this.#lanes) lane.finish();
  }
}
