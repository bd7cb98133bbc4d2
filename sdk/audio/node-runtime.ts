/** What only Node has, reached so that bundlers for browsers see no import. */

type NodeProcess = {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: string): unknown;
};

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

/** True in Node and what behaves like it. */
export function isNode(): boolean {
  return nodeProcess()?.versions?.node !== undefined && typeof nodeProcess()?.getBuiltinModule === 'function';
}

/** A module of Node itself, `undefined` elsewhere. */
export function nodeBuiltin(name: `node:${string}`): unknown {
  return isNode() ? nodeProcess()?.getBuiltinModule?.(name) : undefined;
}

/** A package that is loaded only when it is needed, and never bundled. */
export function importOptional(name: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}
