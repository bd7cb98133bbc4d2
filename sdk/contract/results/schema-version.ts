import * as z from 'zod';

/**
 * Version of everything in this folder that crosses a process.
 *
 * It grows when a reader of the old form would misread the new one. A new optional field does not change it.
 */
export const SCHEMA_VERSION = 1;

/** The version in a message: absent means the present one, any other is refused. */
export const schemaVersion = z.literal(SCHEMA_VERSION).describe('Version of the wire contract.');
