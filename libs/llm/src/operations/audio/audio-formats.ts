import { AudioFormat } from '@switchyard/contracts/routing';

/** What formats are called, and their media types. */
export const AUDIO_FORMATS = {
  mp3: { format: AudioFormat.MP3, mediaType: 'audio/mpeg' },
  opus: { format: AudioFormat.OPUS, mediaType: 'audio/ogg' },
  aac: { format: AudioFormat.AAC, mediaType: 'audio/aac' },
  flac: { format: AudioFormat.FLAC, mediaType: 'audio/flac' },
  wav: { format: AudioFormat.WAV, mediaType: 'audio/wav' },
  pcm: { format: AudioFormat.PCM, mediaType: 'audio/pcm' },
} as const;

/** One of them, by name. */
export type AudioFormatName = keyof typeof AUDIO_FORMATS;

export const AUDIO_FORMAT_NAMES = Object.keys(AUDIO_FORMATS) as AudioFormatName[];

/** The name of a format: MP3 where none is set. */
export const audioFormatName = (wanted: AudioFormat): AudioFormatName =>
  AUDIO_FORMAT_NAMES.find((name) => AUDIO_FORMATS[name].format === wanted) ?? 'mp3';
