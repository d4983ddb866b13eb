import { busNames } from '@switchyard/contracts';
import type { RunningFleet } from '@switchyard/deploy';
import { connect, type NatsConnection } from 'nats';

/** The stream between the outboxes and the ledger, past the services. Dispose it to leave the bus. */
export class UsageBus implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #stream = busNames().streams.usage;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  static async connect(fleet: RunningFleet): Promise<UsageBus> {
    const { hostname, port, username, password } = new URL(fleet.servers.nats.url);
    const user = username === '' ? {} : { user: username, pass: password };
    return new UsageBus(
      await connect({
        servers: `${hostname}:${port}`,
        maxReconnectAttempts: -1,
        waitOnFirstConnect: true,
        ...user,
      }),
    );
  }

  /** Keeps what passes from now on; call the result for what it was. */
  listen(): () => readonly Uint8Array[] {
    const heard: Uint8Array[] = [];
    this.#connection.subscribe(busNames().usageAll, { callback: (_, { data }) => heard.push(data) });
    return () => heard;
  }

  /** Puts messages on the stream as they are, without ids: as if the time in which the broker knows duplicates had gone by. */
  async publish(messages: readonly Uint8Array[]): Promise<void> {
    const jetstream = this.#connection.jetstream({ timeout: 10_000 });
    for (let i = 0; i < messages.length; i += 128)
      await Promise.all(
        messages.slice(i, i + 128).map((data) => jetstream.publish(busNames().usage('default'), data)),
      );
  }

  /** Takes the stream away with everything in it. @returns how many messages that were */
  async deleteStream(): Promise<number> {
    const manager = await this.#connection.jetstreamManager();
    const { state } = await manager.streams.info(this.#stream);
    await manager.streams.delete(this.#stream);
    return state.messages;
  }

  /** Messages that the ledger has not taken. */
  async pending(): Promise<number> {
    const manager = await this.#connection.jetstreamManager();
    return (await manager.streams.info(this.#stream)).state.messages;
  }

  /** How often a message was handed to the ledger again. */
  async redelivered(): Promise<number> {
    const manager = await this.#connection.jetstreamManager();
    const { delivered } = await manager.consumers.info(this.#stream, 'cost-accounting');
    return delivered.consumer_seq - delivered.stream_seq;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}
