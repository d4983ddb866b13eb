import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../../src/settings/repository.ts';

/** One instruction of a Dockerfile. */
export interface DockerfileStep {
  /** `RUN`, `COPY`, … */
  readonly instruction: string;
  readonly text: string;
}

/** The Dockerfile's instructions, one list for each stage; what is before the first FROM is left out. */
export function dockerfileStages(): readonly (readonly DockerfileStep[])[] {
  const text = readFileSync(join(REPOSITORY, 'deploy/Dockerfile'), 'utf8');
  const lines = text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: DockerfileStep[][] = [];
  for (const line of lines) {
    const [instruction = '', ...words] = line.split(' ');
    if (instruction === 'FROM') stages.push([]);
    stages.at(-1)?.push({ instruction, text: words.join(' ') });
  }
  return stages;
}
