import { expect, test } from 'vitest';
import { promptOf } from './prompt-of.ts';
import { readAzure, readMooncake } from './traced-call.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const tokensOf = (calls: ReturnType<typeof readAzure>) =>
  sum(calls.flatMap(({ blocks }) => blocks.map(({ tokens }) => tokens)));

test('the traces have the requests and lengths of their sources', () => {
  const [azure, mooncake] = [readAzure(), readMooncake()];
  expect([azure.length, tokensOf(azure)]).toEqual([2_000, 2_209_565]);
  expect([mooncake.length, tokensOf(mooncake)]).toEqual([3_993, 61_194_628]);
});

test('prompts are the same where the trace says so, and nowhere else; each arm has its own', () => {
  const mooncake = readMooncake().slice(-300);
  const questions = new Set(mooncake.map(({ blocks }) => blocks.at(-1)?.id));
  const prompts = (arm: string) =>
    new Set(mooncake.map(({ blocks }) => JSON.stringify(promptOf(blocks, arm))));
  const [one, other] = [prompts('one'), prompts('other')];
  expect(one.size).toBe(questions.size);
  expect(questions.size).toBeLessThan(300);
  expect([...one].filter((prompt) => other.has(prompt))).toEqual([]);
});

test('a prompt is as long as the trace says, as the simulator counts', () => {
  const [call] = readMooncake();
  const bytes = promptOf(call?.blocks ?? [], 'arm').map(({ parts }) => {
    const [part] = [...(parts ?? [])];
    return part?.content?.$case === 'text' ? (part.content.value as string).length : 0;
  });
  expect(sum(bytes.map((length) => 3 + Math.ceil(length / 4)))).toBe(40_160);
});
