/** The five services, in the order in which they are shown. */
export const SERVICE_NAMES = [
  'routing',
  'health-probe',
  'cost-accounting',
  'credential',
  'connector',
] as const;

/** A service by its folder's name. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What the services' environment variables begin with. */
export const SERVICE_PREFIXES: Readonly<Record<ServiceName, string>> = {
  routing: 'ROUTING',
  'health-probe': 'HEALTH_PROBE',
  'cost-accounting': 'COST_ACCOUNTING',
  credential: 'CREDENTIAL',
  connector: 'CONNECTOR',
};

/** Roles that the services have in the database; their schemas are called the same without `switchyard_`. */
export const DATABASE_ROLES: Readonly<Record<ServiceName, string>> = {
  routing: 'switchyard_routing',
  'health-probe': 'switchyard_health_probe',
  'cost-accounting': 'switchyard_cost_accounting',
  credential: 'switchyard_credential',
  connector: 'switchyard_connector',
};

/** Folder of a service in this repository. */
export const serviceFolder = (name: ServiceName): URL =>
  new URL(`../../../services/${name}/`, import.meta.url);
