import { describe, expect, it } from 'vitest';
import { createDownloader, type DownloadNetwork } from '../../../models/download/open-download.ts';

async function open(url: string, network: DownloadNetwork = {}): Promise<number> {
  const downloader = createDownloader(network);
  try {
    const { status, body } = await downloader.open(url, {});
    body.on('error', () => undefined).destroy();
    return status;
  } finally {
    await downloader.close();
  }
}

describe('createDownloader', () => {
  it.each([
    'https://127.0.0.1/m.onnx',
    'https://[::1]/m.onnx',
    'https://10.0.0.1/m.onnx',
    'https://168.63.129.16/m.onnx',
    'https://[::ffff:168.63.129.16]/m.onnx',
    'https://[64:ff9b::a9fe:a9fe]/m.onnx',
    'https://[::7f00:1]/m.onnx',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/m.onnx',
  ])('does not dial %s', async (url) => {
    await expect(open(url)).rejects.toMatchObject({
      name: 'TransferError',
      retryable: false,
      message: expect.stringContaining('public internet') as string,
    });
  });

  it('takes nothing but https', async () => {
    await expect(open('http://8.8.8.8/m.onnx')).rejects.toThrow('is not https');
    await expect(open('http://127.0.0.1/m.onnx')).rejects.toThrow('not an address of the public internet');
  });

  it('dials private networks for a host that the operator trusts', async () => {
    const network = { trustedHosts: ['localhost'] };
    // Nobody listens there: what fails is the connection, not the guard.
    await expect(open('https://localhost:1/m.onnx', network)).rejects.toMatchObject({ retryable: true });
  });
});
