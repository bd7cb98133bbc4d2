"""The worker is TypeScript: dist/runpod-worker.js, started by the Dockerfile. This file only leads there.

RunPod's Hub asks for a handler.py in the repository; nothing in the image runs this one.
"""

import os

os.execvp("node", ["node", "dist/runpod-worker.js"])
