import { type StatisticsMemory, statisticsMemory } from '../masked-pooling.ts';
import type { TrunkPiece } from './trunk-pieces.ts';

/**
 * Memory of pieces that nobody pools from any more, for the next ones. Made anew for each it comes to 1.2 GB an hour of
 * recording, for which the collector of garbage takes a fifth of the thread's time.
 */
export class StatisticsMemories {
  readonly #free: StatisticsMemory[] = [];
  #largest = 0;
  readonly #users = new Map<TrunkPiece, number>();

  /** Room for at least so many sums. */
  readonly take = (length: number): StatisticsMemory => {
    this.#largest = Math.max(this.#largest, length);
    const free = this.#free.pop();
    return free !== undefined && free.sums.length >= length ? free : statisticsMemory(this.#largest);
  };

  /** Keeps what a piece has until it is let go as often as it was held. */
  hold(pieces: readonly TrunkPiece[]): void {
    for (const piece of pieces) this.#users.set(piece, (this.#users.get(piece) ?? 0) + 1);
  }

  letGo(pieces: readonly TrunkPiece[]): void {
    for (const piece of pieces) {
      const users = this.#users.get(piece)! - 1;
      this.#users.set(piece, users);
      if (users > 0) continue;
      this.#users.delete(piece);
      // One that failed has none.
      piece.output.then(
        ({ memory }) => this.#free.push(memory),
        () => undefined,
      );
    }
  }
}
