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

/** How a Python program was told to write JSON. */
export type PythonJsonStyle = {
  /** `separators=(',', ':')`. @default false */
  readonly isCompact?: boolean;
  /** `ensure_ascii=True`: everything else as `\\u…`. @default false */
  readonly isAscii?: boolean;
  /** `sort_keys=True`. @default false */
  readonly isSorted?: boolean;
};

/** JSON with the spaces and numbers of Python's `json.dumps(value, ensure_ascii=False)`, or as the style says. */
export function pythonJson(value: PythonValue, style: PythonJsonStyle = {}): string {
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  if (typeof value === 'string') return quoted(value, style);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const comma = style.isCompact === true ? ',' : ', ';
  const colon = style.isCompact === true ? ':' : ': ';
  if (Array.isArray(value)) {
    return `[${(value as readonly PythonValue[]).map((item) => pythonJson(item, style)).join(comma)}]`;
  }
  const entries = Object.entries(value as Readonly<Record<string, PythonValue>>);
  if (style.isSorted === true) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const members = entries.map(([key, entry]) => quoted(key, style) + colon + pythonJson(entry, style));
  return `{${members.join(comma)}}`;
}

function quoted(text: string, { isAscii = false }: PythonJsonStyle): string {
  const json = JSON.stringify(text);
  if (!isAscii) return json;
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
