/** TypeScript client of Switchyard's gRPC API. */
export {
  type CallOptions,
  type PartialRequest,
  SwitchyardClient,
  type SwitchyardClientOptions,
} from './switchyard-client.ts';
export { textOf, textRequest } from './text.ts';
