/** Work by name: who asks for what is being done already waits for the same. */
export class UnderWay<T> {
  readonly #work = new Map<string, Promise<T>>();

  once(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.#work.get(name);
    if (known !== undefined) return known;
    const made = make().finally(() => this.#work.delete(name));
    this.#work.set(name, made);
    return made;
  }
}
