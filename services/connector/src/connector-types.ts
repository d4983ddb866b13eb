import type { NamedHosts } from '@switchyard/service-kit';
import type { AddressGuard } from './adapters/address-guard.ts';
import { createCheckedAgent } from './adapters/checked-agent.ts';
import { postgresConnectorType } from './adapters/postgres-connector-type.ts';
import { restConnectorType } from './adapters/rest-connector-type.ts';
import type { ConnectorTypeName } from './domain/connector.ts';
import type { ConnectorType } from './domain/connector-type.ts';

/** Every kind of system that can be reached, by name. */
export type ConnectorTypes = Readonly<Record<ConnectorTypeName, ConnectorType>>;

export interface ConnectorTypesOptions {
  readonly guard: AddressGuard;
  readonly named: NamedHosts;
  readonly extraCa: string | undefined;
}

/** The kinds that this service has. A new one is a file and a line here. */
export function createConnectorTypes({ guard, named, extraCa }: ConnectorTypesOptions): ConnectorTypes {
  return {
    postgresql: postgresConnectorType({ guard, named, extraCa }) as ConnectorType,
    rest: restConnectorType({ agent: createCheckedAgent({ guard, extraCa }), named }) as ConnectorType,
  };
}
