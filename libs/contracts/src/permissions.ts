/** What a role may allow: one per kind of access, named `<service>.<what>`. Every RPC needs exactly one. */
export const PERMISSIONS = [
  'routing.complete',
  'routing.read',
  'routing.probe',
  'routing.provider.read',
  'routing.provider.write',
  'health.read',
  'cost.read',
  'cost.status',
  'cost.price.read',
  'cost.lease',
  'credential.secret.write',
  'credential.secret.list',
  'credential.secret.read',
  'credential.key.read',
  'credential.key.write',
  'credential.key.resolve',
  'credential.audit.append',
  'credential.audit.read',
  'connector.execute',
  'connector.read',
  'connector.write',
] as const;

/** One kind of access. */
export type Permission = (typeof PERMISSIONS)[number];

/** Roles that ship with Switchyard. `service` is for its own services and cannot be given to a caller's key. */
export const BUILT_IN_ROLES: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  admin: [
    'routing.complete',
    'routing.read',
    'routing.provider.read',
    'routing.provider.write',
    'health.read',
    'cost.read',
    'cost.status',
    'cost.price.read',
    'credential.secret.write',
    'credential.secret.list',
    'credential.key.read',
    'credential.key.write',
    'credential.audit.read',
    'connector.execute',
    'connector.read',
    'connector.write',
  ],
  agent: [
    'routing.complete',
    'routing.read',
    'routing.provider.read',
    'health.read',
    'connector.execute',
    'connector.read',
  ],
  viewer: [
    'routing.read',
    'routing.provider.read',
    'health.read',
    'cost.read',
    'cost.price.read',
    'credential.key.read',
    'connector.read',
  ],
  service: [
    'routing.complete',
    'routing.probe',
    'routing.provider.read',
    'health.read',
    'cost.price.read',
    'cost.lease',
    'credential.secret.read',
    'credential.key.resolve',
    'credential.audit.append',
  ],
};

/** Name of a role that ships with Switchyard. */
export type BuiltInRole = 'admin' | 'agent' | 'viewer' | 'service';
