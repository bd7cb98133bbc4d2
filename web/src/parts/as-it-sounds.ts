/** What a browser may make better for calls makes recordings worse for recognisers. */
export const AS_IT_SOUNDS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
