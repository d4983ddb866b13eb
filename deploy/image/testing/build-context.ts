import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { REPOSITORY } from '../../src/settings/repository.ts';

/**
 * Copies what `docker build` would be sent: the repository's files, less what the Dockerfile's ignore file leaves out.
 * The last rule that matches a file or one of its folders decides, https://docs.docker.com/build/concepts/context/#dockerignore-files.
 */
export function copyBuildContext(directory: string): void {
  const rules = readFileSync(join(REPOSITORY, 'deploy/Dockerfile.dockerignore'), 'utf8').trim().split('\n');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  for (const file of files.trim().split('\n')) {
    if (isIgnored(file, rules)) continue;
    // A file that was removed and not committed yet is still listed.
    cpSync(join(REPOSITORY, file), join(directory, file), {
      recursive: true,
      force: true,
      errorOnExist: false,
    });
  }
}

function isIgnored(file: string, rules: readonly string[]): boolean {
  const paths = [file];
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) paths.push(folder);
  let ignored = false;
  for (const rule of rules) {
    const pattern = rule.replace(/^!/, '');
    if (paths.some((path) => matchesGlob(path, pattern))) ignored = !rule.startsWith('!');
  }
  return ignored;
}
