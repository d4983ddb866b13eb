import {
  anything,
  choice,
  decimal,
  dictionary,
  flag,
  integer,
  list,
  notSimulated,
  record,
  required,
  type Shape,
  text,
} from '../../shape/shape.ts';

/** `POST /v1beta/models/{model}:generateContent`, the fields that the simulator looks at. */
export interface GenerateRequest {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { functionDeclarations?: readonly FunctionDeclaration[] }[];
  readonly toolConfig?: {
    functionCallingConfig?: { mode?: string; allowedFunctionNames?: readonly string[] };
  };
  readonly generationConfig?: GenerationConfig;
}

export interface GenerationConfig {
  readonly maxOutputTokens?: number;
  readonly stopSequences?: readonly string[];
  readonly responseMimeType?: string;
  readonly responseSchema?: unknown;
  readonly responseJsonSchema?: unknown;
  readonly thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number; thinkingLevel?: string };
}

export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly inlineData?: unknown;
  readonly fileData?: unknown;
  readonly functionCall?: { name: string; args?: unknown };
  readonly functionResponse?: { name: string; response: unknown };
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly parameters?: unknown;
  readonly parametersJsonSchema?: unknown;
}

const part = record({
  text: text(),
  thought: flag,
  thoughtSignature: text(),
  inlineData: record({ mimeType: required(text()), data: required(text()), displayName: text() }),
  fileData: record({ mimeType: text(), fileUri: required(text()), displayName: text() }),
  functionCall: record({ id: text(), name: required(text()), args: dictionary() }),
  functionResponse: record({
    id: text(),
    name: required(text()),
    response: required(dictionary()),
    willContinue: flag,
    scheduling: text(),
    parts: list(anything),
  }),
  videoMetadata: dictionary(),
  mediaResolution: anything,
  partMetadata: dictionary(),
  executableCode: notSimulated,
  codeExecutionResult: notSimulated,
});

const parts = list(part);

const functionDeclaration = record({
  name: required(text({ maxLength: 64, pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/ })),
  description: text(),
  parameters: dictionary(),
  parametersJsonSchema: anything,
  response: dictionary(),
  responseJsonSchema: anything,
  behavior: text(),
});

const tool = record({
  functionDeclarations: list(functionDeclaration),
  googleSearch: notSimulated,
  googleSearchRetrieval: notSimulated,
  codeExecution: notSimulated,
  urlContext: notSimulated,
  computerUse: notSimulated,
  fileSearch: notSimulated,
  googleMaps: notSimulated,
});

const generationConfig = record({
  maxOutputTokens: integer({ min: 1 }),
  temperature: decimal({ min: 0, max: 2 }),
  topP: decimal({ min: 0, max: 1 }),
  topK: decimal({ min: 1 }),
  seed: integer(),
  presencePenalty: decimal({ min: -2, max: 2 }),
  frequencyPenalty: decimal({ min: -2, max: 2 }),
  stopSequences: list(text(), { max: 5 }),
  responseMimeType: text(),
  responseSchema: dictionary(),
  responseJsonSchema: anything,
  responseModalities: list(choice('TEXT', 'IMAGE', 'AUDIO', 'text')),
  candidateCount: integer({ min: 1 }),
  thinkingConfig: record({
    includeThoughts: flag,
    thinkingBudget: integer({ min: -1 }),
    thinkingLevel: choice('MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'minimal', 'low', 'medium', 'high'),
  }),
  mediaResolution: text(),
  enableEnhancedCivicAnswers: flag,
  responseLogprobs: notSimulated,
  logprobs: notSimulated,
  speechConfig: notSimulated,
  imageConfig: notSimulated,
});

/** The form of `GenerateRequest`, with the fields that the real API documents, in camel case. */
export const generateRequestShape: Shape = record({
  contents: list(record({ role: text(), parts })),
  systemInstruction: record({ role: text(), parts }),
  tools: list(tool),
  toolConfig: record({
    functionCallingConfig: record({
      mode: choice('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
      allowedFunctionNames: list(text()),
    }),
    retrievalConfig: notSimulated,
  }),
  generationConfig,
  safetySettings: list(record({ category: required(text()), threshold: required(text()) })),
  serviceTier: text(),
  model: text(),
  store: flag,
  cachedContent: notSimulated,
});
