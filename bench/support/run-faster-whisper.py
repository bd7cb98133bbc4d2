"""Writes down a WAV with faster-whisper, int8, one thread; prints processor seconds of the best of some rounds, and the text.

usage: python run-faster-whisper.py MODEL_FOLDER WAV LANGUAGE ROUNDS
"""
import json, sys, time

from faster_whisper import WhisperModel

folder, wav, language, rounds = sys.argv[1:]
model = WhisperModel(folder, device='cpu', compute_type='int8', cpu_threads=1)
best, text = float('inf'), ''
for _ in range(int(rounds)):
    started = time.process_time()
    segments, _info = model.transcribe(wav, beam_size=1, word_timestamps=True, language=language)
    text = ' '.join(segment.text.strip() for segment in segments)
    best = min(best, time.process_time() - started)
print(json.dumps({'seconds': best, 'text': text}))
