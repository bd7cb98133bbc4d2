/**
 * The cells of a line of CSV (RFC 4180): commas part them, quotes hold commas, two quotes are one. A quoted cell ends with
 * its line.
 *
 * @returns `undefined` where a quote is not closed
 */
export function splitCsvLine(line: string): string[] | undefined {
  const cells: string[] = [];
  let [cell, isQuoted] = ['', false];
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i]!;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (line[i + 1] === '"') cell += line[++i]!;
      else isQuoted = false;
    } else if (character === '"' && cell === '') isQuoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return isQuoted ? undefined : [...cells, cell];
}
