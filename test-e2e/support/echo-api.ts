import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API that tells everything it was sent, credential included, as careless ones do. */
export interface EchoApi extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Values of the authorization header, in the order of the calls. */
  readonly authorizations: readonly string[];
}

/** Starts it on loopback. `/401` answers with that status. */
export async function startEchoApi(): Promise<EchoApi> {
  const authorizations: string[] = [];
  const answer = async ({ url = '/', headers }: IncomingMessage, response: ServerResponse) => {
    authorizations.push(headers.authorization ?? '');
    const status = Number(/\d{3}$/.exec(url)?.[0] ?? 200);
    const body = JSON.stringify({ url, headers, message: `your key is ${headers.authorization}` });
    response.writeHead(status, { 'content-type': 'application/json', 'x-key': headers.authorization ?? '' });
    response.end(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
