import { lineOf } from './plain-progress.ts';
import type { Progress } from './progress.ts';

/** A terminal that is written to. */
export interface Terminal {
  write(text: string): unknown;
  /** 0 or undefined where the terminal does not say. */
  readonly columns: number | undefined;
}

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const FRAME_MS = 100;
const USUAL_COLUMNS = 80;

/** Shows running pieces of work as turning lines at the bottom; what is done moves up and stays. */
export class TerminalProgress {
  readonly #terminal: Terminal;
  /** Running pieces of work: task → text. */
  readonly #running = new Map<string, string>();
  #frame = 0;
  /** Lines at the bottom that are drawn anew each time. */
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Takes an event. */
  readonly progress: Progress = (event) => {
    switch (event.kind) {
      case 'working':
        this.#running.set(event.task, event.text);
        this.#draw([]);
        break;
      case 'done':
      case 'failed':
        this.#running.delete(event.task);
        this.#draw([lineOf(event)]);
        break;
      case 'note':
        this.#draw([lineOf(event)]);
        break;
      default:
        event satisfies never;
    }
  };

  /** Draws lines that stay, then the running ones below. */
  #draw(staying: readonly string[]): void {
    const spinner = FRAMES[this.#frame % FRAMES.length] as string;
    const running = [...this.#running.values()].map((text) =>
      cut(`${spinner} ${text}`, this.#terminal.columns || USUAL_COLUMNS),
    );
    // Up over what was drawn, and clear to the end of the screen.
    const erase = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[0J`;
    this.#terminal.write(`${erase}${[...staying, ...running].map((line) => `${line}\n`).join('')}`);
    this.#drawn = running.length;
    if (running.length > 0) this.#turn();
    else this.#rest();
  }

  #turn(): void {
    this.#timer ??= setInterval(() => {
      this.#frame++;
      this.#draw([]);
    }, FRAME_MS).unref();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** A line that wrapped would be two to go up over. */
function cut(text: string, columns: number): string {
  const chars = [...text];
  return chars.length < columns ? text : `${chars.slice(0, Math.max(0, columns - 2)).join('')}…`;
}
