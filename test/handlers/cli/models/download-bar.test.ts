import { describe, expect, it } from 'vitest';
import { createDownloadBar } from '../../../../handlers/cli/models/download-bar.ts';

function barOn(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const bar = createDownloadBar({ write: (text) => written.push(text), isTTY, columns }, 'ge2e');
  return { bar, written };
}

const progress = { id: 'ge2e', file: 'model.onnx', receivedBytes: 5_000_000, totalBytes: 20_000_000 };

describe('createDownloadBar', () => {
  it('draws share and bytes on one line of a terminal, and takes it away', () => {
    const { bar, written } = barOn(true);
    bar.update(progress);
    expect(written).toEqual(['\r\u001b[2Kge2e: [#####               ]  25 % 5.0 MB of 20 MB model.onnx']);
    bar.clear();
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('draws no more often than the eye sees', () => {
    const { bar, written } = barOn(true);
    for (let index = 0; index < 1000; index++) bar.update(progress);
    expect(written.length).toBeLessThan(100);
  });

  it('does without a total, and cuts the line at the width of the terminal', () => {
    const { bar, written } = barOn(true, 20);
    bar.update({ ...progress, totalBytes: undefined });
    expect(written).toEqual(['\r\u001b[2Kge2e: 5.0 MB model.']);
  });

  it('writes only messages where there is no terminal', () => {
    const { bar, written } = barOn(false);
    bar.update(progress);
    bar.say('waiting');
    bar.clear();
    expect(written).toEqual(['ge2e: waiting\n']);
  });
});
