import { type Provider, ProviderMode } from '@switchyard/contracts/routing';
import { type PlannedProvider, secretIdOf } from './planned-provider.ts';

/** The fields of a provider that the local start looks after, by their names in an update mask. */
export interface RegisteredFields {
  readonly display_name: string;
  readonly wire_format: string;
  readonly base_url: string;
  readonly credential_ref: string;
  readonly models: readonly string[];
  readonly priority: number;
  readonly simulated: boolean;
  readonly mode: 'enabled' | 'disabled';
}

/** What the local start has registered: provider id → fields as it last wrote them. */
export type Registered = Readonly<Record<string, RegisteredFields>>;

/** One change to make. */
export type RegistrationStep =
  | { readonly kind: 'create'; readonly id: string; readonly fields: RegisteredFields }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly fields: RegisteredFields;
      /** Which of the fields. At least one. */
      readonly mask: readonly (keyof RegisteredFields)[];
    };

export interface RegistrationInput {
  /** What this start wants. */
  readonly wanted: readonly PlannedProvider[];
  /** What earlier starts wrote. */
  readonly registered: Registered;
  /** What routing has: id → fields. */
  readonly existing: ReadonlyMap<string, RegisteredFields>;
}

/** What to do, and what is registered when it is done. */
export interface RegistrationPlan {
  readonly steps: readonly RegistrationStep[];
  readonly registered: Registered;
}

/**
 * Compares what is wanted with what was written last and with what is there: only a field whose wanted value has changed
 * since the last start is written, so that what an operator changed in between stays. A provider that an earlier start
 * registered and that is not found any more takes no further part; it comes back with its key or its server.
 */
export function planRegistration({ wanted, registered, existing }: RegistrationInput): RegistrationPlan {
  const target: Record<string, RegisteredFields> = {};
  for (const [id, fields] of Object.entries(registered)) target[id] = { ...fields, mode: 'disabled' };
  for (const planned of wanted) target[planned.id] = fieldsOf(planned);
  const steps: RegistrationStep[] = [];
  for (const [id, fields] of Object.entries(target)) {
    const current = existing.get(id);
    if (current === undefined) {
      if (fields.mode === 'disabled') delete target[id];
      else steps.push({ kind: 'create', id, fields });
      continue;
    }
    const mask = changedFields(fields, registered[id]).filter((name) => differs(fields[name], current[name]));
    if (mask.length > 0) steps.push({ kind: 'update', id, fields, mask });
  }
  return { steps, registered: target };
}

function fieldsOf(planned: PlannedProvider): RegisteredFields {
  return {
    display_name: planned.displayName,
    wire_format: planned.wireFormat,
    base_url: planned.baseUrl,
    credential_ref: planned.key === undefined ? '' : secretIdOf(planned.id),
    models: planned.models,
    priority: planned.priority,
    simulated: planned.simulated,
    mode: 'enabled',
  };
}

function changedFields(
  fields: RegisteredFields,
  last: RegisteredFields | undefined,
): (keyof RegisteredFields)[] {
  const names = Object.keys(fields) as (keyof RegisteredFields)[];
  return last === undefined ? names : names.filter((name) => differs(fields[name], last[name]));
}

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** A provider of routing's, as far as it is looked after here. */
export function registeredFieldsOf(provider: Provider): RegisteredFields {
  return {
    display_name: provider.displayName,
    wire_format: provider.wireFormat,
    base_url: provider.baseUrl,
    credential_ref: provider.credentialRef,
    models: provider.models.map(({ model }) => model),
    priority: provider.priority ?? 100,
    simulated: provider.simulated,
    mode: provider.mode === ProviderMode.DISABLED ? 'disabled' : 'enabled',
  };
}

/** The message for routing. */
export function providerMessage(
  id: string,
  fields: RegisteredFields,
): Parameters<typeof Provider.fromPartial>[0] {
  return {
    id,
    displayName: fields.display_name,
    wireFormat: fields.wire_format,
    baseUrl: fields.base_url,
    credentialRef: fields.credential_ref,
    models: fields.models.map((model) => ({ model })),
    priority: fields.priority,
    simulated: fields.simulated,
    mode: fields.mode === 'disabled' ? ProviderMode.DISABLED : ProviderMode.ENABLED,
  };
}
