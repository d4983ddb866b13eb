import { createInterface } from 'node:readline/promises';
import { type PartialRequest, SwitchyardClient } from '@switchyard/client';
import { Role } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { type Command, type CommandInput, textOption } from '../command.ts';
import { formatCost } from '../output/format.ts';
import { renderProviders } from './providers.ts';

/** `switchyard chat` */
export const chat: Command = {
  usage: '[TEXT] [--model M]',
  summary:
    'Talks to a model; without TEXT it asks for it line by line (/providers, /health and /quit work inside).',
  options: { model: { type: 'string', short: 'm' } },
  async run(input) {
    using client = new SwitchyardClient({ address: input.settings.routing, apiKey: input.settings.apiKey });
    const conversation: Turn[] = [];
    const text = input.positionals.join(' ');
    if (text === '') return converse(client, input, conversation);
    await say(client, input, [{ role: Role.USER, text }]);
  },
};

interface Turn {
  readonly role: Role;
  readonly text: string;
}

async function converse(client: SwitchyardClient, input: CommandInput, conversation: Turn[]): Promise<void> {
  const { output, signal } = input;
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY,
  });
  output.line('Type a message; /providers, /health, /quit.');
  try {
    for (;;) {
      const line = (await lines.question('> ', { signal })).trim();
      if (line === '/quit' || line === '/exit') return;
      if (line === '/providers' || line === '/health')
        output.text(renderProviders(await client.listProviders(), Date.now()));
      else if (line !== '') await answerTurn(client, input, { conversation, text: line });
    }
  } catch (error) {
    // Ctrl-C, or the end of the input.
    if (error instanceof ServiceError) throw error;
  } finally {
    lines.close();
  }
}

async function answerTurn(
  client: SwitchyardClient,
  input: CommandInput,
  { conversation, text }: { readonly conversation: Turn[]; readonly text: string },
): Promise<void> {
  conversation.push({ role: Role.USER, text });
  try {
    conversation.push({ role: Role.ASSISTANT, text: await say(client, input, conversation) });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    conversation.pop();
    input.output.line(`${error.reason}: ${error.publicMessage}`);
  }
}

/** Streams one answer to the output. @returns its text */
async function say(client: SwitchyardClient, input: CommandInput, turns: readonly Turn[]): Promise<string> {
  const { output, signal } = input;
  const request: PartialRequest = {
    model: textOption(input, 'model') ?? 'auto',
    messages: turns.map(({ role, text }) => ({ role, parts: [{ content: { $case: 'text', value: text } }] })),
  };
  let text = '';
  let served = '';
  for await (const { event } of client.stream(request, { signal })) {
    if (output.json) output.jsonLine(event);
    if (event?.$case === 'started')
      served = `${event.value.route?.provider}/${event.value.route?.model}, request ${event.value.requestId}`;
    else if (event?.$case === 'delta' && event.value.content?.$case === 'text') {
      text += event.value.content.value;
      if (!output.json) output.text(event.value.content.value);
    } else if (event?.$case === 'finished' && !output.json) {
      output.line(`\n[${served}, ${formatCost(event.value.cost?.totalNanoUsd)}]`);
    }
  }
  return text;
}
