/** The same object, whose members may also be there without a value, as callers of JavaScript write them. */
export type Loose<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** Members that may be undefined, as optional ones that never are. */
export type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/**
 * The members that have a value: for objects whose optional members are absent rather than undefined, and for options that
 * are laid over defaults.
 *
 * @example
 * const options = { ...DEFAULT_OPTIONS, ...defined({ onset, offset }) };
 */
export function defined<T extends object>(members: T): Defined<T>;
export function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
