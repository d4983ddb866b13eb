import { BUILT_IN_ROLES, type BuiltInRole } from '@switchyard/contracts';
import { expect, test } from 'vitest';
import { judgeGrant } from './key-grant.ts';

const creator = (role: BuiltInRole, installation = false) => ({
  installation,
  permissions: new Set<string>(BUILT_IN_ROLES[role]),
});

const ROLES = Object.keys(BUILT_IN_ROLES) as BuiltInRole[];

test('no creator of any role makes a key that may do more than itself, nor one of a service', () => {
  for (const maker of ROLES) {
    for (const role of ROLES) {
      for (const installation of [false, true]) {
        for (const ofInstallation of [false, true]) {
          const verdict = judgeGrant(creator(maker, ofInstallation), { role, installation });
          const exceeds = BUILT_IN_ROLES[role].some(
            (permission) => !BUILT_IN_ROLES[maker].includes(permission),
          );
          const may = role !== 'service' && !exceeds && (ofInstallation || !installation);
          expect(verdict.kind === 'granted', `${maker} makes ${role}`).toBe(may);
        }
      }
    }
  }
});

test('an admin makes admins, agents and viewers', () => {
  for (const role of ['admin', 'agent', 'viewer'] as const) {
    expect(judgeGrant(creator('admin'), { role, installation: false })).toEqual({ kind: 'granted' });
  }
});

test('a refusal says why', () => {
  expect(judgeGrant(creator('admin', true), { role: 'service', installation: false })).toEqual({
    kind: 'role_not_grantable',
  });
  expect(judgeGrant(creator('admin'), { role: 'admin', installation: true })).toEqual({
    kind: 'installation_needed',
  });
  expect(judgeGrant(creator('agent'), { role: 'admin', installation: false })).toMatchObject({
    kind: 'exceeds_creator',
  });
});
