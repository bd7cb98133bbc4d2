/**
 * The URL templates that the platform hands to a worker. They are text: both placeholders are filled in all of
 * them, and the query that they carry already is kept byte for byte.
 */

const PLACEHOLDER = /\$RUNPOD_POD_ID|\$ID/g;

/** Fills `$RUNPOD_POD_ID` and `$ID` of the job-take and ping templates: both name the worker. */
export function workerUrl(template: string, workerId: string): string {
  return template.replace(PLACEHOLDER, () => encodeURIComponent(workerId));
}

/** Fills `$RUNPOD_POD_ID` (worker) and `$ID` (job) of the job-done and job-stream templates. */
export function jobUrl(template: string, workerId: string, jobId: string): string {
  return template.replace(PLACEHOLDER, (name) => encodeURIComponent(name === '$ID' ? jobId : workerId));
}

/** Adds parameters behind the existing query, form-encoded (`a b,c` becomes `a+b%2Cc`). */
export function appendQuery(url: string, parameters: Readonly<Record<string, string>>): string {
  const added = new URLSearchParams(parameters).toString();
  if (added === '') return url;
  if (!url.includes('?')) return `${url}?${added}`;
  return /[?&]$/.test(url) ? `${url}${added}` : `${url}&${added}`;
}

/** Replaces the path segment `/job-take/`; `undefined` where the path has none. */
export function replaceTakeSegment(url: string, segment: 'job-take-batch' | 'job-stop'): string | undefined {
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  if (!path.includes('/job-take/')) return undefined;
  return path.replace('/job-take/', `/${segment}/`) + url.slice(path.length);
}
