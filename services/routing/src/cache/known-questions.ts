import { cosineSimilarity } from '@switchyard/llm';
import { LRUCache } from 'lru-cache';
import type { ClearScope } from '../domain/cache/clear-scope.ts';
import type { PackedVector } from '../domain/cache/packed-vector.ts';

/** A question whose answer is kept. */
export interface KnownQuestion {
  /** Name of the question: where its answer lies. */
  readonly key: string;
  /** The provider's model that embedded it: vectors of others do not compare. */
  readonly embeddedBy: string;
  readonly vector: PackedVector;
  /** When its answer ends, monotonic. */
  readonly endsAtMs: number;
}

/** Where a question is looked for. */
export interface SemanticPlace {
  readonly tenant: string;
  /** As in SemanticQuestion. */
  readonly scope: string;
}

/** What is looked for there. */
export interface Looked extends Pick<KnownQuestion, 'embeddedBy' | 'vector'> {
  readonly minSimilarity: number;
  /** Monotonic. */
  readonly nowMs: number;
}

/** A known question that means nearly the same. */
export interface NearQuestion {
  readonly key: string;
  readonly similarity: number;
}

/** Most questions of one scope; the first that came leaves. */
export const MAX_QUESTIONS_OF_SCOPE = 256;
/** Most that are near enough to be looked at: of some the answer is gone. */
const MAX_NEAR = 3;

/** The same vector twice is not more than this from 1. */
const ROUNDING = 1e-9;

interface Scope {
  readonly tenant: string;
  readonly questions: Map<string, KnownQuestion>;
}

/** A vector, and what it takes to be found. */
const sizeInMemory = ({ questions }: Scope): number => {
  let bytes = 1_024;
  for (const { vector } of questions.values()) bytes += vector.length + 512;
  return bytes;
};

/** Questions in this process by what must be equal, the scopes that were used longest ago leaving first. */
export class KnownQuestions {
  readonly #scopes: LRUCache<string, Scope>;

  constructor({ maxBytes }: { readonly maxBytes: number }) {
    this.#scopes = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeInMemory });
  }

  put(place: SemanticPlace, questions: readonly KnownQuestion[]): void {
    if (questions.length === 0) return;
    const name = nameOf(place);
    const scope = this.#scopes.get(name) ?? { tenant: place.tenant, questions: new Map() };
    for (const question of questions) {
      scope.questions.delete(question.key);
      scope.questions.set(question.key, question);
    }
    for (const key of scope.questions.keys()) {
      if (scope.questions.size <= MAX_QUESTIONS_OF_SCOPE) break;
      scope.questions.delete(key);
    }
    this.#scopes.set(name, { ...scope });
  }

  /** Names of the questions that are known there. */
  keysOf(place: SemanticPlace): Iterable<string> {
    return this.#scopes.get(nameOf(place))?.questions.keys() ?? [];
  }

  /** The nearest first. */
  nearest(place: SemanticPlace, { embeddedBy, vector, minSimilarity, nowMs }: Looked): NearQuestion[] {
    const near: NearQuestion[] = [];
    for (const question of this.#scopes.get(nameOf(place))?.questions.values() ?? []) {
      if (question.embeddedBy !== embeddedBy || question.endsAtMs <= nowMs) continue;
      const similarity = cosineSimilarity(question.vector, vector) ?? 0;
      if (similarity >= minSimilarity - ROUNDING) near.push({ key: question.key, similarity });
    }
    return near.sort((a, b) => b.similarity - a.similarity).slice(0, MAX_NEAR);
  }

  /**
   * Forgets questions whose answers are cleared. Which model answered is not known here: where that is asked for, all of the tenant are
   * forgotten, and those whose answers are still there are read again from where they are shared.
   */
  clear({ tenant, key }: ClearScope): void {
    for (const [name, scope] of this.#scopes.entries()) {
      if (scope.tenant !== tenant) continue;
      if (key === '') this.#scopes.delete(name);
      else scope.questions.delete(key);
    }
  }

  clearAll(): void {
    this.#scopes.clear();
  }
}

const nameOf = ({ tenant, scope }: SemanticPlace): string => JSON.stringify([tenant, scope]);
