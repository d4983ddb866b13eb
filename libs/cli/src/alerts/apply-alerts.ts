import type { AlertServiceClient } from '@switchyard/contracts/health';
import type { SecretToStore, StoredSecret } from '../configuration/plan-secrets.ts';
import type { DocumentProblem } from '../configuration/read-value.ts';
import { call } from '../grpc-call.ts';
import type { AlertDocument } from './alert-document.ts';

/** What secrets are planned by. */
export interface SecretPlanInput {
  readonly document: AlertDocument;
  readonly stored: readonly StoredSecret[];
  /** 'all': values that are stored already are stored again, as when a secret was renewed. */
  readonly store: 'missing' | 'all';
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Which secrets have to be stored; one that is stored and may go where its receiver is, is left as it is. */
export function planAlertSecrets({ document, stored, store, env }: SecretPlanInput): {
  readonly secrets: readonly SecretToStore[];
  readonly problems: readonly DocumentProblem[];
} {
  const secrets: SecretToStore[] = [];
  const problems: DocumentProblem[] = [];
  for (const { id, tenant, variable, path, destination } of document.secrets) {
    const value = (env[variable] ?? '').trim();
    const origin = originOf(destination ?? value);
    const known = stored.find((one) => one.id === id && one.tenant === tenant);
    // Where the value says the origin and is not at hand, it is the stored one's.
    const isFit = origin === undefined ? destination === undefined : known?.allowedOrigins.includes(origin);
    if (store === 'missing' && known !== undefined && isFit) continue;
    if (value === '') problems.push({ path, description: `${variable} is not set in the environment` });
    else if (origin === undefined)
      problems.push({
        path,
        description: `${destination === undefined ? variable : 'its destination'} is no URL`,
      });
    else secrets.push({ id, tenant, origin, variable });
  }
  return { secrets, problems };
}

const MAIL_PORTS: Readonly<Record<string, number>> = { smtps: 465, smtp: 587 };

/** Scheme, host and port, as the credential service writes them. */
function originOf(url: string): string | undefined {
  const [origin, scheme = '', , port] = /^([a-z]+):\/\/([^/?#@:]+)(:\d+)?/i.exec(url.toLowerCase()) ?? [];
  const mailPort = MAIL_PORTS[scheme];
  if (mailPort === undefined) return URL.parse(url)?.origin;
  return port === undefined ? `${origin}:${mailPort}` : origin;
}

/** What was done. */
export interface AppliedAlerts {
  readonly put: readonly string[];
  readonly removed: readonly string[];
}

/** Brings receivers, then rules to what a document says; with `prune`, removes what is not in it, of one owner. */
export async function applyAlerts(
  client: AlertServiceClient,
  { receivers, rules }: AlertDocument,
  { apiKey, tenant, prune }: { readonly apiKey: string; readonly tenant: string; readonly prune: boolean },
): Promise<AppliedAlerts> {
  const put: string[] = [];
  const removed: string[] = [];
  for (const receiver of receivers) {
    await call(
      client.putReceiver.bind(client),
      { receiver: { ...receiver, tenant: receiver.tenant || tenant } },
      apiKey,
    );
    put.push(`receiver ${receiver.id}`);
  }
  for (const rule of rules) {
    await call(
      client.putAlertRule.bind(client),
      { rule: { ...rule, tenant: rule.tenant || tenant } },
      apiKey,
    );
    put.push(`rule ${rule.id}`);
  }
  if (!prune) return { put, removed };
  const now = await Promise.all([
    call(client.listAlertRules.bind(client), { tenant }, apiKey),
    call(client.listReceivers.bind(client), { tenant }, apiKey),
  ]);
  for (const { id } of now[0].rules.filter((one) => !rules.some((rule) => rule.id === one.id))) {
    await call(client.deleteAlertRule.bind(client), { id, tenant }, apiKey);
    removed.push(`rule ${id}`);
  }
  for (const { id } of now[1].receivers.filter((one) => !receivers.some((kept) => kept.id === one.id))) {
    await call(client.deleteReceiver.bind(client), { id, tenant }, apiKey);
    removed.push(`receiver ${id}`);
  }
  return { put, removed };
}
