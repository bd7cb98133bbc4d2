/** Test 21 of the reliability list (issue 10): the process may open no more files or connections. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPath } from '../support/built.ts';
import { type LocalService, startLocalService } from '../support/local-service.ts';
import { runProgram } from '../support/run-program.ts';
import { TWO_SPEAKERS } from '../support/sample-voices.ts';

/** From what loads the command and no engine to what is nearly enough for both. */
const LIMITS = [40, 56, 70];

describe('21: no descriptors left', () => {
  it.each(LIMITS)('the command says so with %i', async (limit) => {
    const command = `ulimit -n ${limit}; exec "$@"`;
    const args = [process.execPath, builtPath('cli.js'), 'transcribe', TWO_SPEAKERS];
    const { code, stderr } = await runProgram('sh', ['-c', command, 'sh', ...args]);
    expect(stderr).toMatch(/^colloquy: This process may not open another file or connection \(EMFILE\)\./m);
    expect(stderr).toContain('ulimit -n');
    expect(stderr).not.toMatch(/chunk|\bat .*:\d+/);
    // Neither the recording nor the options are to blame.
    expect(code).toBe(1);
  });

  describe('the server', () => {
    const openFiles = 220;
    let server: LocalService;
    beforeAll(async () => {
      server = await startLocalService(['serve', '--port', '0'], { openFiles });
    });
    afterAll(() => server.stop());

    it('goes on after more connections than it may have', async () => {
      const { hostname, port } = new URL(server.url);
      const sockets = Array.from({ length: openFiles + 50 }, () => connect(Number(port), hostname));
      await Promise.all(sockets.map(settled));
      const ended = sockets.map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(ended);
      const body = new FormData();
      body.set('file', new Blob([readFileSync(TWO_SPEAKERS)]), 'two.wav');
      const reply = await fetch(`${server.url}/v1/diarize`, { method: 'POST', body });
      expect(reply.status, await reply.clone().text()).toBe(200);
    });
  });
});

/** Connected, or refused: nobody waits for a server that has no room. */
async function settled(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve).once('error', () => resolve());
  });
}
