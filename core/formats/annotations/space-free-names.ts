/** One field of a space-separated file: white space and control characters become `_`, nothing becomes `_`. */
export function spaceFreeName(name: string): string {
  return name.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, '_') || '_';
}

/**
 * Names for the fields of a space-separated file; different names stay different ("A B" and "A_B" become `A_B` and
 * `A_B_2`).
 *
 * @returns name → field
 */
export function spaceFreeNames(names: Iterable<string>): Map<string, string> {
  const fields = new Map<string, string>();
  const taken = new Set<string>();
  // Names that need no change keep theirs, whatever comes before them.
  const ordered = [...new Set(names)].sort(
    (a, b) => Number(a !== spaceFreeName(a)) - Number(b !== spaceFreeName(b)),
  );
  for (const name of ordered) {
    const base = spaceFreeName(name);
    let field = base;
    for (let suffix = 2; taken.has(field); suffix += 1) field = `${base}_${suffix}`;
    taken.add(field);
    fields.set(name, field);
  }
  return fields;
}
