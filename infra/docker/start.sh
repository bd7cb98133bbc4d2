#!/bin/sh
# What an image does by itself: the worker where RunPod hands out jobs of a queue, else the server.
if [ -n "${RUNPOD_WEBHOOK_GET_JOB:-}" ]; then exec node /app/dist/runpod-worker.js; fi
exec node /app/dist/cli.js serve --host 0.0.0.0 "$@"
