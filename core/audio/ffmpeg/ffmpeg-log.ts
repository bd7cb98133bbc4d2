/** Longest line and number of complaints kept: a hostile file can make ffmpeg talk without end. */
const MAX_LINE_CHARACTERS = 1_000;
const MAX_COMPLAINTS = 50;

/** Reads what ffmpeg says on stderr (`-loglevel level+info`) and keeps the little that is needed. */
export class FfmpegLog {
  /** Lines of the levels error and worse, in order; for sorting failures only, never shown: they name files and tags. */
  readonly complaints: string[] = [];
  /** Length by the container, when it says one. */
  durationSeconds: number | undefined;
  /** True when ffmpeg guessed that length from the bit rate. */
  durationGuessed = false;
  #line = '';

  push(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!.slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) this.#readLine(line.slice(0, MAX_LINE_CHARACTERS));
  }

  /** Takes the last line, which may lack its end. */
  finish(): void {
    this.#readLine(this.#line);
    this.#line = '';
  }

  #readLine(line: string): void {
    if (/\[(error|fatal|panic)\]/.test(line) && this.complaints.length < MAX_COMPLAINTS)
      this.complaints.push(line);
    if (/bitrate for duration|duration from bitrate/.test(line)) this.durationGuessed = true;
    const duration = /^\[info\] {3}Duration: (\d+):(\d\d):(\d\d\.\d+),/.exec(line);
    if (duration !== null && this.durationSeconds === undefined) {
      this.durationSeconds = Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
    }
  }
}
