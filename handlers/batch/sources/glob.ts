/** Whether a text has characters of a pattern. */
export function isGlob(text: string): boolean {
  return /[*?{[]/.test(text);
}

/** The folder part of a pattern that has no pattern in it: empty, or ending with `/`. */
export function globRoot(pattern: string): string {
  const plain = pattern.slice(0, pattern.search(/[*?{[]/));
  return plain.slice(0, plain.lastIndexOf('/') + 1);
}

/** `*` and `?` within a name, `**` across folders, `[a-c]` and `{wav,mp3}`, as shells have them. */
export function globMatcher(pattern: string): (path: string) => boolean {
  let [expression, depth] = ['', 0];
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i]!;
    if (pattern.startsWith('**/', i)) {
      expression += '(?:[^/]+/)*';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      expression += '.*';
      i += 1;
    } else if (character === '*') expression += '[^/]*';
    else if (character === '?') expression += '[^/]';
    else if (character === '[' && pattern.indexOf(']', i) > i) {
      const end = pattern.indexOf(']', i);
      expression += `[${pattern
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      i = end;
    } else if (character === '{') [expression, depth] = [`${expression}(?:`, depth + 1];
    else if (character === '}' && depth > 0) [expression, depth] = [`${expression})`, depth - 1];
    else expression += character === ',' && depth > 0 ? '|' : character.replace(/[.+^$()|[\]\\{}]/g, '\\$&');
  }
  const whole = new RegExp(`^${expression}${')'.repeat(depth)}$`, 's');
  return (path) => whole.test(path);
}
