import { request } from 'node:http';
import type { ServerKind } from '../server-handle.ts';
import type { SharedServer } from './server-broker.ts';

/** The first run on a machine downloads servers. */
export const FIRST_START_TIMEOUT_MS = 600_000;
const MAX_ANSWER_CHARS = 64 * 1024;

/**
 * Asks the run's broker for a shared server, which it starts when it has to.
 * @throws with the broker's reason when there is none to be had
 */
export function askBroker(socketPath: string, kind: ServerKind): Promise<SharedServer> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path: `/${kind}`, method: 'POST', timeout: FIRST_START_TIMEOUT_MS };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text = `${text}${chunk}`.slice(0, MAX_ANSWER_CHARS);
      });
      response.once('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as SharedServer);
        else reject(new Error(text));
      });
      response.once('error', reject);
    });
    call.once('timeout', () => call.destroy(new Error(`no ${kind} within ${FIRST_START_TIMEOUT_MS} ms`)));
    call.once('error', reject);
    call.end();
  });
}
