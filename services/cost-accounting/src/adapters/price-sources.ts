import {
  fetchSources,
  LIVE_ORIGINS,
  mirrorOrigins,
  type RawFiles,
  readRegistry,
} from '@switchyard/llm/catalog-refresh';
import { Agent } from 'undici';
import { downloadSource } from './download-source.ts';

/** The sources of prices, by HTTP. */
export interface PriceSources {
  /** Reads all five. @throws SourceError that names the address */
  readonly fetch: (signal: AbortSignal) => Promise<RawFiles>;
  readonly close: () => Promise<void>;
}

/** Connections to one source; files are fetched six at once. */
const CONNECTIONS = 6;

/** @param mirror URL of a mirror of all five; undefined: their own addresses */
export function openPriceSources(mirror: string | undefined): PriceSources {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  const origins = mirror === undefined ? LIVE_ORIGINS : mirrorOrigins(mirror);
  return {
    fetch: (signal) =>
      fetchSources(readRegistry(), {
        origins,
        download: (source) => downloadSource(source, { dispatcher, signal }),
      }),
    close: () => dispatcher.destroy(),
  };
}
