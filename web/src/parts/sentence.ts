/** Messages of the server begin with what they are about, which may be written small. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
