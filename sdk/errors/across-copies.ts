/** Name of the class that made an error of ours, on the error itself: the same symbol in every copy of this package. */
const MARK = Symbol.for('colloquy.ColloquyError');

type ErrorClass = abstract new (...values: never[]) => Error;

function isMarked(value: unknown): value is { readonly [MARK]: readonly string[] } {
  return typeof value === 'object' && value !== null && MARK in value;
}

/**
 * Makes `instanceof` true for errors of another copy of the package too: one program may hold several, as ESM and as
 * CommonJS, as `colloquy` and as `colloquy/local`.
 *
 * @param names of the class and of the classes that it extends
 */
export function recognisedAcrossCopies(
  errorClass: ErrorClass,
  ...names: readonly [string, ...string[]]
): void {
  Object.defineProperty(errorClass.prototype, MARK, { value: names });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: ErrorClass, value: unknown): boolean {
      const isOwn = Function.prototype[Symbol.hasInstance].call(this, value);
      // A class that a caller derived from ours means itself alone.
      return isOwn || (this === errorClass && isMarked(value) && value[MARK].includes(names[0]));
    },
  });
}
