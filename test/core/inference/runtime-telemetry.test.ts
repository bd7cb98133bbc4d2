import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScript, removeScript, startScriptWith } from '../../support/child-script.ts';
import { runCli } from '../../support/run-cli.ts';
import { SILERO_MODEL } from '../../support/silero-session.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RECORDING = join(import.meta.dirname, '../../../samples/two-speakers.wav');

/** Where a program would leave something behind: an empty home folder and an empty folder for temporary files. */
function emptyPlaces(): { readonly environment: Record<string, string>; readonly left: () => string[] } {
  const folder = temporaryFolder();
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const place of [home, temporary]) mkdirSync(place);
  return {
    // Graphs that are kept on purpose are no traces.
    environment: {
      COLLOQUY_SAVED_GRAPHS: 'off',
      HOME: home,
      XDG_CACHE_HOME: join(home, '.cache'),
      TMPDIR: temporary,
    },
    left: () =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => !/^(home|tmp)$/.test(name)),
  };
}

describe('telemetry of ONNX Runtime', () => {
  it.each([
    ['the engine child and its lanes', ['diarize', RECORDING, '--format', 'json']],
    ['a model in the main thread of the child', ['detect-speech', RECORDING]],
    ['the command itself', ['doctor']],
  ])('leaves no file behind: %s', async (_who, args) => {
    const { environment, left } = emptyPlaces();
    const { code, stderr } = await runCli(args, { environment });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(left()).toEqual([]);
  });

  describe('in a program that uses the library', () => {
    let script: string;
    beforeAll(async () => {
      script = await buildScript('test/core/inference/support/open-session.ts');
    });
    afterAll(() => removeScript(script));

    it('leaves no file behind', async () => {
      const { environment, left } = emptyPlaces();
      const { stdout } = await startScriptWith(environment, script, 'main', SILERO_MODEL.path).ended;
      expect(stdout.trim()).toBe('opened');
      expect(left()).toEqual([]);
    });

    it('is refused in a thread whose process was not prepared, and off where it was', async () => {
      const { environment, left } = emptyPlaces();
      const start = (more: Record<string, string>) =>
        startScriptWith({ ...environment, ...more }, script, 'thread', SILERO_MODEL.path).ended;
      const refused = await start({});
      expect(refused.stdout).toMatch(/^configuration_invalid: .*ORT_DISABLE_TELEMETRY=1/);
      const prepared = await start({ ORT_DISABLE_TELEMETRY: 'yes' });
      expect(prepared.stdout.trim()).toBe('opened');
      expect(left()).toEqual([]);
    });
  });
});
