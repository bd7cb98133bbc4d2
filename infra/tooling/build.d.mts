/** Builds `dist/` when a source is newer than the last build; true when something was built. */
export function build(options?: { types?: boolean; force?: boolean }): boolean;
