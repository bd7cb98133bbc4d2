#!/bin/sh
# `colloquy …` inside the images.
exec node /app/dist/cli.js "$@"
