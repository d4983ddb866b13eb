import { Message, Role } from '@switchyard/contracts/routing';
import { type CompletionTest, failed, passed, textOf } from './provider-test.ts';

/** A red square of 64 by 64 pixels as PNG: some providers refuse smaller pictures. */
const RED_SQUARE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsAtx/ZMZxgi+hcEKLNO+FgEBAQEB' +
    'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGBywKqxUDxqh7TUQAAAABJRU5ErkJggg==',
  'base64',
);

/** Does it take a picture and say something of it? What it sees is the model's affair. */
export const visionTest: CompletionTest = {
  kind: 'completion',
  name: 'vision',
  needs: ['text', 'vision'],
  stream: false,
  ask: {
    messages: [
      Message.fromPartial({
        role: Role.USER,
        parts: [
          { content: { $case: 'text', value: 'Which color is this? Answer with one word.' } },
          {
            content: {
              $case: 'image',
              value: { source: { $case: 'data', value: RED_SQUARE }, mediaType: 'image/png' },
            },
          },
        ],
      }),
    ],
  },
  judge(answer) {
    const text = textOf(answer).trim();
    if (text === '') return failed('the answer has no text', 'try another model of it with --model');
    return passed(/red/i.test(text) ? 'saw the color' : 'took the picture');
  },
};
