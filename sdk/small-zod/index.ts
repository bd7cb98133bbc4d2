/**
 * The part of zod that the wire contract uses, with the same verdicts, places and messages: 2 kB in place of 29.
 *
 * Only the build of the client takes it, in place of zod (`infra/tooling/tsup.config.ts`): sources, types and tests see
 * zod itself, and so does the worker. `test/sdk/small-zod.test.ts` holds both against each other over every schema of
 * the contract. What the contract begins to use of zod, and is not here, fails when the built client is loaded.
 */
export { array, discriminatedUnion, object, record, strictObject, tuple, union } from './containers.ts';
export {
  boolean,
  int,
  iso,
  literal,
  nothing as null,
  number,
  oneOf as enum,
  string,
  unknown,
  url,
} from './values.ts';
