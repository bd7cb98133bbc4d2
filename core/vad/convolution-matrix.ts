/** What a convolution over frames takes and gives. */
export type ConvolutionShape = {
  readonly channelsOut: number;
  readonly channelsIn: number;
  readonly kernel: number;
  readonly stride: number;
  /** Frames of zeros on either side. */
  readonly padding: number;
};

/** How many frames come out of so many. */
export function framesAfter({ kernel, stride, padding }: ConvolutionShape, frames: number): number {
  return Math.floor((frames + 2 * padding - kernel) / stride) + 1;
}

/**
 * A convolution over a fixed number of frames as a matrix [frames × channelsIn, framesOut × channelsOut], row-major: a
 * row of frames times this matrix is the row of frames that the convolution gives.
 *
 * @param weight [channelsOut, channelsIn, kernel], as PyTorch has it
 */
export function convolutionMatrix(
  weight: Float32Array,
  shape: ConvolutionShape,
  frames: number,
): Float32Array {
  const { channelsOut, channelsIn, kernel, stride, padding } = shape;
  const framesOut = framesAfter(shape, frames);
  const columns = framesOut * channelsOut;
  const matrix = new Float32Array(frames * channelsIn * columns);
  const tapRow = new Float32Array(channelsOut);
  for (let tap = 0; tap < kernel; tap++) {
    for (let channelIn = 0; channelIn < channelsIn; channelIn++) {
      for (let channelOut = 0; channelOut < channelsOut; channelOut++)
        tapRow[channelOut] = weight[(channelOut * channelsIn + channelIn) * kernel + tap]!;
      for (let frameOut = 0; frameOut < framesOut; frameOut++) {
        const frame = frameOut * stride + tap - padding;
        if (frame < 0 || frame >= frames) continue;
        matrix.set(tapRow, (frame * channelsIn + channelIn) * columns + frameOut * channelsOut);
      }
    }
  }
  return matrix;
}
