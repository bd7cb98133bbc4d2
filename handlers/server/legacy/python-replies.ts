import { pythonJson, type PythonValue } from '../../../core/formats/writing/python-json.ts';

/** JSON as Flask writes it: keys in order of the alphabet, no spaces, ASCII, a line end. */
export function flaskReply(value: PythonValue, status = 200, headers = new Headers()): Response {
  const body = `${pythonJson(value, { isCompact: true, isAscii: true, isSorted: true })}\n`;
  return jsonReply(body, status, headers);
}

/** JSON as FastAPI writes it: keys as they were set, no spaces, UTF-8. */
export function fastApiReply(value: PythonValue, status = 200, headers = new Headers()): Response {
  return jsonReply(pythonJson(value, { isCompact: true }), status, headers);
}

function jsonReply(body: string, status: number, given: Headers): Response {
  const headers = new Headers(given);
  headers.set('content-type', 'application/json');
  return new Response(body, { status, headers });
}
