import { connect } from 'node:net';

/** What a server does when it is spoken to: answers, takes the connection and says nothing, or is not there. */
export type ServerAnswer = 'answers' | 'silent' | 'away';

/** Which server, and how long it may take. */
export interface ServerProbe {
  /** "NATS", "PostgreSQL" or "Redis". */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** What makes each of them answer, before any sign-in. NATS speaks first. */
const GREETINGS: Readonly<Record<string, Buffer>> = {
  // SSLRequest: the answer is S or N. Source: PostgreSQL's documentation, 54.7 Message Formats.
  PostgreSQL: Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]),
  Redis: Buffer.from('PING\r\n'),
};

/** Speaks to a server. A connection alone says little: the system takes it for a process that has been stopped. */
export function probeServer({ name, host, port, timeoutMs }: ServerProbe): Promise<ServerAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let isConnected = false;
    const end = (answer: ServerAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(isConnected ? 'silent' : 'away'), timeoutMs);
    socket.once('connect', () => {
      isConnected = true;
      const greeting = GREETINGS[name];
      if (greeting !== undefined) socket.write(greeting);
    });
    socket.once('data', () => end('answers'));
    socket.once('end', () => end('silent'));
    socket.once('error', () => end(isConnected ? 'silent' : 'away'));
  });
}
