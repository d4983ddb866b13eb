import type { ServerCommand } from '../process/spawn-server.ts';
import type { ServerKind } from '../server-handle.ts';
import type { DataNeed, Program, ProgramSearch } from '../source/program.ts';
import type { ServerHome } from './server-home.ts';

/** Where one server lives: its folder, its program and its port. */
export interface ServerPlace {
  readonly home: ServerHome;
  readonly program: Program;
  readonly port: number;
}

/** What a container of a server is made of. */
export interface ContainerRecipe {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files to put into it, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Port that the server listens on inside. */
  readonly port: number;
  /** Folder inside that holds the data. */
  readonly dataPath: string;
}

/** Everything in which one kind of server differs from the others. */
export interface ServerDefinition {
  readonly kind: ServerKind;
  /** All that the server was configured with: a leftover that had other settings isn't taken over. */
  readonly settings: unknown;
  /** A start that failed with this in the log is tried again until the time is up. */
  readonly retryWhenLogged?: RegExp;
  /** Major version that wrote the data in the folder, when that matters. */
  dataMajor(home: ServerHome): Promise<number | undefined>;
  /** The last resort when nothing on PATH and no container will do. */
  findBundled(options: {
    need: DataNeed;
    cacheDir: string;
    onProgress: (text: string) => void;
  }): Promise<ProgramSearch>;
  /** Writes configuration, makes the data folder when it is new, and returns how to start. May run many times. */
  prepare(place: ServerPlace, onProgress: (text: string) => void): Promise<Omit<ServerCommand, 'logFile'>>;
  container(home: ServerHome): Promise<ContainerRecipe>;
  url(options: { home: ServerHome; host: string; port: number }): Promise<string>;
  /**
   * Connects and asks for the version.
   * @throws when the server doesn't answer, or lacks something that is needed
   */
  probe(url: string): Promise<string>;
}
