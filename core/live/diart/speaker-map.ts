import { InvariantError } from '../../errors.ts';
import { assignLinear } from '../../math/linear-assignment.ts';
import { rowOf, type Matrix } from '../../math/matrix.ts';

/** A distance to make small, or a score to make large. */
export type MapObjective = 'minimize' | 'maximize';

/** Stands for "not allowed": the assignment solver of diart knows no infinity. */
const FORBIDDEN = 1e10;

/**
 * Which local speaker is which global one: a matrix of distances (or scores), and the best one-to-one assignment.
 *
 * Immutable: every change gives a new map, whose assignment is solved again.
 *
 * A forbidden entry is ±1e10 and not infinite, so that sums in the solver lose differences below about 2e-6 and its
 * order of search decides: another solver, or infinity, gives other speakers (convention 21 of the traces).
 *
 * @see diart 0.9.2, `mapping.py` (MIT)
 */
export class SpeakerMap {
  /** [local, global]. */
  readonly matrix: Matrix<Float64Array>;
  readonly objective: MapObjective;
  #assignment: Int32Array | undefined;

  constructor(matrix: Matrix<Float64Array>, objective: MapObjective) {
    this.matrix = matrix;
    this.objective = objective;
  }

  /** A map in which only the given pairs are allowed. */
  static ofPairs(
    shape: { readonly locals: number; readonly globals: number },
    pairs: readonly (readonly [number, number])[],
    objective: MapObjective,
  ): SpeakerMap {
    const data = new Float64Array(shape.locals * shape.globals).fill(forbidden(objective));
    for (const [local, global] of pairs) data[local * shape.globals + global] = best(objective);
    return new SpeakerMap({ data, rows: shape.locals, columns: shape.globals }, objective);
  }

  /** Locals that have at least one allowed global. */
  mappedLocals(): number[] {
    return range(this.matrix.rows).filter((local) => this.isLocalMapped(local));
  }

  /** Globals that at least one local may take. */
  mappedGlobals(): number[] {
    return range(this.matrix.columns).filter((global) => this.isGlobalMapped(global));
  }

  isLocalMapped(local: number): boolean {
    return rowOf(this.matrix, local).some((value) => value !== forbidden(this.objective));
  }

  isGlobalMapped(global: number): boolean {
    return range(this.matrix.rows).some((local) => this.#at(local, global) !== forbidden(this.objective));
  }

  /** The global of each local in the best assignment, allowed or not. */
  rawAssignment(): Int32Array {
    this.#assignment ??= assignLinear(this.matrix, { maximize: this.objective === 'maximize' });
    return this.#assignment;
  }

  /**
   * Pairs of the best assignment that count.
   *
   * @param strict only pairs whose own entry is allowed; by default a local with any allowed entry counts, even where
   *   the solver gave it a forbidden one (convention 16)
   */
  assignments(strict = false): (readonly [number, number])[] {
    const raw = this.rawAssignment();
    return range(Math.min(this.matrix.rows, raw.length))
      .filter((local) => raw[local]! >= 0)
      .filter((local) =>
        strict ? this.#at(local, raw[local]!) !== forbidden(this.objective) : this.isLocalMapped(local),
      )
      .map((local) => [local, raw[local]!] as const);
  }

  /** The same map with `local` surely on `global`; other entries stay. */
  withPair(local: number, global: number): SpeakerMap {
    const data = this.matrix.data.slice();
    data[local * this.matrix.columns + global] = best(this.objective);
    return new SpeakerMap({ ...this.matrix, data }, this.objective);
  }

  /** The same map without these locals and globals. */
  without(locals: Iterable<number>, globals: Iterable<number> = []): SpeakerMap {
    const { rows, columns } = this.matrix;
    const data = this.matrix.data.slice();
    for (const local of locals) data.fill(forbidden(this.objective), local * columns, (local + 1) * columns);
    for (const global of globals) {
      for (let local = 0; local < rows; local += 1)
        data[local * columns + global] = forbidden(this.objective);
    }
    return new SpeakerMap({ data, rows, columns }, this.objective);
  }

  /** The same map without the locals whose assigned entry is not better than the threshold. */
  withoutWorseThan(threshold: number): SpeakerMap {
    const isBad = (value: number): boolean =>
      this.objective === 'maximize' ? value <= threshold : value >= threshold;
    return this.without(
      this.assignments()
        .filter(([local, global]) => isBad(this.#at(local, global)))
        .map(([local]) => local),
    );
  }

  /** Follows this map with another one: from our locals to its globals. */
  followedBy(next: SpeakerMap): SpeakerMap {
    const { columns } = next.matrix;
    const data = new Float64Array(this.matrix.rows * columns).fill(forbidden(next.objective));
    for (const [local, between] of this.assignments()) {
      data.set(rowOf(next.matrix, between), local * columns);
    }
    return new SpeakerMap({ data, rows: this.matrix.rows, columns }, next.objective);
  }

  /** Our pairs, and those of another map that are in conflict with none of ours. */
  joinedWith(other: SpeakerMap): SpeakerMap {
    if (other.matrix.rows !== this.matrix.rows || other.matrix.columns !== this.matrix.columns) {
      throw new InvariantError('Two speaker maps can be joined only if their shapes are equal.');
    }
    const ours = this.assignments();
    const own = new Set(ours.map(([local]) => local));
    const theirs = other
      .assignments()
      .filter(([local, global]) => !own.has(local) && !this.isGlobalMapped(global));
    const shape = { locals: this.matrix.rows, globals: this.matrix.columns };
    return SpeakerMap.ofPairs(shape, [...ours, ...theirs], this.objective);
  }

  /** Moves the columns of scores from locals to their globals; globals without a local get zeros. */
  apply(scores: Float32Array | Float64Array, frameCount: number): Float64Array {
    const { rows: locals, columns: globals } = this.matrix;
    const moved = new Float64Array(frameCount * globals);
    for (const [local, global] of this.assignments()) {
      for (let frame = 0; frame < frameCount; frame += 1) {
        moved[frame * globals + global] = scores[frame * locals + local]!;
      }
    }
    return moved;
  }

  #at(local: number, global: number): number {
    return this.matrix.data[local * this.matrix.columns + global]!;
  }
}

function forbidden(objective: MapObjective): number {
  return objective === 'maximize' ? -FORBIDDEN : FORBIDDEN;
}

function best(objective: MapObjective): number {
  return objective === 'maximize' ? 1 : 0;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
