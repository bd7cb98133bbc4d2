/** The same value, of which nothing may be changed: what crosses a process belongs to nobody. */
export type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
