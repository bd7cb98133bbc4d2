import { describe, expect, it } from 'vitest';
import { createLog } from '../../../handlers/runpod/log.ts';

function lines(json: boolean, write: (log: ReturnType<typeof createLog>) => void): string[] {
  const written: string[] = [];
  write(createLog({ level: 'INFO', json, write: (line) => written.push(line) }));
  return written;
}

describe('createLog', () => {
  it('writes the two forms of the platform', () => {
    expect(lines(true, (log) => log('INFO', 'Started.', 'job-1'))).toEqual([
      '{"requestId":"job-1","message":"Started.","level":"INFO"}\n',
    ]);
    expect(lines(false, (log) => log('INFO', 'Started.', 'job-1'))).toEqual(['INFO   | job-1 | Started.\n']);
    expect(lines(true, (log) => log('WARN', 'a\nb'))).toEqual([
      '{"requestId":null,"message":"a\\nb","level":"WARN"}\n',
    ]);
  });

  it('leaves out what is below its level, and the middle of long messages', () => {
    expect(lines(false, (log) => log('DEBUG', 'x'))).toEqual([]);
    const [line] = lines(false, (log) => log('ERROR', `${'a'.repeat(5000)}${'b'.repeat(5000)}`));
    expect(line!.length).toBeLessThan(4200);
    expect(line).toMatch(/a\n…\nb/);
  });
});
