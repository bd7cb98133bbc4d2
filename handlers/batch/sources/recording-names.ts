import { OWN_FOLDER } from '../ends/batch-layout.ts';

/** Endings of files that are recordings; others in a folder or bucket are passed over, and counted. */
const RECORDING_ENDINGS = new Set(
  (
    'wav wave w64 rf64 flac mp3 mp2 m4a m4b mp4 m4v mov aac ogg oga opus webm mkv mka avi wma wmv asf aif aiff aifc caf ' +
    'au snd amr awb 3gp 3g2 ts mts m2ts mpg mpeg vob flv ac3 eac3 wv ape mpc tta tak dsf sph nist voc gsm'
  ).split(' '),
);

/** Whether a key may be planned: it has the ending of a recording, is not hidden, and is none of our own objects. */
export function isRecording(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return name.includes('.') && !name.startsWith('.') && RECORDING_ENDINGS.has(ending) && !isOwn(key);
}

/** Our own objects, in whatever target they are. */
function isOwn(key: string): boolean {
  return key.startsWith(OWN_FOLDER) || key.includes(`/${OWN_FOLDER}`);
}
