import { AS_IT_SOUNDS } from '../parts/as-it-sounds.ts';

/** A microphone that is open. */
export type Microphone = {
  /** As the system calls it. */
  readonly name: string;
  /** Gives what is left, then closes it. */
  readonly stop: () => Promise<void>;
};

/** The audio thread may be gone: nobody waits longer for its last samples. */
const LAST_SAMPLES_MS = 500;

/**
 * Opens the microphone.
 *
 * @param onSamples 16 kHz mono, a tenth of a second a call
 * @param onLost it was pulled out, or taken away
 * @throws DOMException where the browser or the reader says no
 */
export async function openMicrophone(
  onSamples: (samples: Int16Array<ArrayBuffer>) => void,
  onLost: () => void,
): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_SOUNDS });
  const close = (): void => stream.getTracks().forEach((track) => track.stop());
  try {
    // At the rate of the device: Firefox takes no other.
    const context = new AudioContext();
    await context.audioWorklet.addModule(workletPath());
    const node = new AudioWorkletNode(context, 'microphone');
    const over = new Promise<void>((resolve) => {
      node.port.onmessage = ({ data }: MessageEvent<Int16Array<ArrayBuffer> | null>) => {
        if (data === null) resolve();
        else onSamples(data);
      };
    });
    // Browsers run only what is connected; what comes out of it is silence.
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    await context.resume();
    const [track] = stream.getAudioTracks();
    track?.addEventListener('ended', onLost);
    const stop = async (): Promise<void> => {
      track?.removeEventListener('ended', onLost);
      node.port.postMessage('stop');
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, LAST_SAMPLES_MS))]);
      close();
      await context.close();
    };
    return { name: track?.label ?? '', stop };
  } catch (error) {
    close();
    throw error;
  }
}

function workletPath(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=microphone-worklet]')?.content ?? '';
}
