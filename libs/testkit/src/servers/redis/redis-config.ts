/** What the configuration file of a Redis server is made of. */
export interface RedisConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly persistence: 'none' | 'append-only';
  readonly password: string | undefined;
  /** Lines of the caller's, which come last and so decide. */
  readonly more: readonly string[];
}

/** Enough for every test file of a run to have one of its own; an unused one costs next to nothing. */
const DATABASES = 2_000;

/** The configuration file: https://redis.io/docs/latest/operate/oss_and_stack/management/config-file/ */
export function renderRedisConfig(config: RedisConfig): string {
  const { host, port, dataDir, persistence, password, more } = config;
  return [
    `bind ${host}`,
    `port ${port}`,
    // Protected mode refuses strangers when there is no password; the address does that already, and in a container
    // the caller looks like a stranger.
    `protected-mode ${host === '127.0.0.1' ? 'yes' : 'no'}`,
    `dir ${JSON.stringify(dataDir)}`,
    'save ""',
    `appendonly ${persistence === 'append-only' ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'daemonize no',
    `databases ${DATABASES}`,
    // Redis overwrites its command line; the folder must stay on it, for a later process to know whose server it is.
    'proc-title-template "{title} {config-file} {listen-addr}"',
    ...(password === undefined ? [] : [`requirepass ${JSON.stringify(password)}`]),
    ...more,
    '',
  ].join('\n');
}
