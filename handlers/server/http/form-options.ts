/** Options of tasks as text fields of forms and queries. */

/** `num_speakers` and `numSpeakers` are one name; the contract's is in capitals. */
export function camelCase(name: string): string {
  return name.replace(/[_-]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Fields that are names or texts, whatever they look like. */
const TEXT_FIELDS = new Set(['model', 'preset', 'language', 'prompt', 'name', 'text']);

/** Text fields as the values that the contract has: numbers, booleans in any case, JSON, and lists where a name comes twice. */
export function formOptions(fields: readonly (readonly [string, string])[]): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [field, text] of fields) {
    const isList = field.endsWith('[]');
    const name = camelCase(isList ? field.slice(0, -2) : field);
    if (!/^[A-Za-z]/.test(field)) continue;
    const value = TEXT_FIELDS.has(name) ? text : valueOf(text);
    const known = options[name];
    if (known === undefined) options[name] = isList ? [value] : value;
    else options[name] = Array.isArray(known) ? [...(known as unknown[]), value] : [known, value];
  }
  return options;
}

function valueOf(text: string): unknown {
  const plain = text.trim();
  if (/^true$/i.test(plain)) return true;
  if (/^false$/i.test(plain)) return false;
  if (/^-?\d+(\.\d+)?$/.test(plain)) return Number(plain);
  if (/^[[{]/.test(plain)) {
    try {
      return JSON.parse(plain);
    } catch {
      return text;
    }
  }
  return text;
}
