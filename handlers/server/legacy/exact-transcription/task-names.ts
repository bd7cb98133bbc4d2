/**
 * Ids of jobs and the names of their files, which the old service wrote as 32 hexadecimal digits: both are the same 16
 * random bytes.
 */
export function fileNameOf(jobId: string): string {
  return `${Buffer.from(jobId.slice('job_'.length), 'base64url').toString('hex')}_transcript.txt`;
}

/** The job of a file; undefined for what is no name of one. */
export function jobIdOf(fileName: string): string | undefined {
  const digits = /^([0-9a-f]{32})_transcript\.txt$/.exec(fileName)?.[1];
  return digits === undefined ? undefined : `job_${Buffer.from(digits, 'hex').toString('base64url')}`;
}
