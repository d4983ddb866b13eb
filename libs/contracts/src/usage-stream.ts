import type { BusNames } from './subjects.ts';

/** What an installation chooses about the usage stream. */
export interface UsageStreamOptions {
  /** Copies that NATS keeps, 1 to 5; more than one needs a cluster. Routing and cost-accounting must be told the same. */
  readonly replicas: number;
}

const NANOS_PER_SECOND = 1_000_000_000;

/**
 * The stream between routing's outboxes and the ledger. Both ends create and repair it, so both take it from here.
 *
 * A message is kept until cost-accounting acknowledges it (`workqueue`), and a full stream refuses new ones
 * (`discard: new`): the outbox then keeps them and the refusal is seen. With `limits` retention acknowledged messages
 * would fill the stream. NATS puts each message on the log of usage as well, which is for others: {@link usageLogStream}.
 */
export function usageStream(names: BusNames, { replicas }: UsageStreamOptions) {
  return {
    name: names.streams.usage,
    subjects: [names.usageAll] as string[],
    retention: 'workqueue',
    storage: 'file',
    discard: 'new',
    /** 1 GiB: about two million records. What does not fit waits in the outboxes. */
    max_bytes: 1024 ** 3,
    /** 7 days. What is older than that is sent again by its outbox. */
    max_age: 7 * 24 * 3_600 * NANOS_PER_SECOND,
    num_replicas: replicas,
    /** 2 minutes. A convenience: the ledger's own uniqueness is the guarantee. */
    duplicate_window: 120 * NANOS_PER_SECOND,
    republish: { src: names.usageAll, dest: names.usageLogOfUsage },
  } as const;
}

/**
 * The log of usage: what went over the usage stream in the last seven days, for whoever wants to read it from a time on, as often and with as
 * many consumers as they like. The ledger does not stand on it: a full log forgets its oldest messages.
 */
export function usageLogStream(names: BusNames, { replicas }: UsageStreamOptions) {
  return {
    name: names.streams.usageLog,
    subjects: [names.usageLogAll] as string[],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    /** 1 GiB: about two million records. */
    max_bytes: 1024 ** 3,
    /** 7 days. */
    max_age: 7 * 24 * 3_600 * NANOS_PER_SECOND,
    num_replicas: replicas,
    /** 2 minutes: what an outbox sends again in this time is there once. */
    duplicate_window: 120 * NANOS_PER_SECOND,
  } as const;
}
