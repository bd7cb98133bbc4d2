/** Builds the code in `dist/` where a source is newer; true when something was built. */
export function build(): boolean;
