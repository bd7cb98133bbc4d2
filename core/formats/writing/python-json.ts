/** A number that Python holds as a float, so that 2 is written 2.0. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type PythonValue =
  | string
  | number
  | boolean
  | null
  | PythonFloat
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** JSON with the spaces and numbers of Python's `json.dumps(value, ensure_ascii=False)`. */
export function pythonJson(value: PythonValue): string {
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly PythonValue[]).map(pythonJson).join(', ')}]`;
  const entries = Object.entries(value as Readonly<Record<string, PythonValue>>);
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${pythonJson(entry)}`).join(', ')}}`;
}

/** Python's `repr` of a finite float: the shortest digits, with an exponent below 0.0001 and from 1e16 on. */
export function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
