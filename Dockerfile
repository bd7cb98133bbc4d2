# syntax=docker/dockerfile:1.7
# Images of Colloquy, for linux/amd64:
#
#   docker build --platform linux/amd64 --target cpu  -t colloquy:0.1.0-cpu .
#   docker build --platform linux/amd64 --target cuda -t colloquy:0.1.0-cuda .
#
# The embedded models are inside. More models by id, each checked against the SHA-256 in models/manifest.json:
#
#   --build-arg MODELS="wespeaker-voxceleb-resnet34-lm whisper-base"
#
# By itself it serves, with a key, or is the worker of a RunPod queue; any command of Colloquy runs as well:
#
#   docker run --rm -p 127.0.0.1:8000:8000 -e COLLOQUY_SERVE_KEY=… colloquy:0.1.0-cpu
#   docker run --rm -v "$PWD:/data:ro" colloquy:0.1.0-cpu colloquy diarize /data/meeting.m4a

ARG NODE_IMAGE=node:20.20.2-bookworm-slim@sha256:2cf067cfed83d5ea958367df9f966191a942351a2df77d6f0193e162b5febfc0
ARG CUDA_IMAGE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04@sha256:ac55d124da4882b497f732d8dfd9a702d5447a5f29d08d56da6f64f0a1eb34bc

# ---- build: dependencies by the lock file, dist, then production dependencies only
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The CUDA provider (over 200 MB) is fetched for the GPU image alone, below; this npm knows no `allowScripts`.
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci
COPY tsconfig.json ./
COPY infra/tooling infra/tooling
COPY core core
COPY handlers handlers
COPY models models
COPY sdk sdk
COPY web web
RUN npm run build \
 && npm prune --omit=dev \
 # The runtime's libraries for other systems are three quarters of its size.
 && cd node_modules/onnxruntime-node/bin/napi-v6 && rm -rf darwin win32 linux/arm64

# ---- models: what MODELS names
FROM build AS models
ARG MODELS=""
RUN mkdir -p /opt/colloquy/models \
 && if [ -n "$MODELS" ]; then node dist/cli.js models pull --into /opt/colloquy/models $MODELS; fi

# ---- cuda-provider: the CUDA libraries of ONNX Runtime, which npm does not hold
FROM build AS cuda-provider
# SHA-256 of libonnxruntime_providers_cuda.so; the build prints it when it is not given.
ARG CUDA_PROVIDER_SHA256=""
COPY infra/docker/install-cuda-provider.sh infra/docker/install-cuda-provider.sh
RUN bash infra/docker/install-cuda-provider.sh node_modules/onnxruntime-node

# ---- cpu
FROM ${NODE_IMAGE} AS cpu
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates ffmpeg tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin colloquy \
 && ln -s /app/infra/docker/colloquy.sh /usr/local/bin/colloquy \
 && ln -s /app/infra/docker/start.sh /usr/local/bin/colloquy-start
WORKDIR /app
COPY infra/docker/colloquy.sh infra/docker/start.sh infra/docker/
COPY LICENSE NOTICE package.json ./
COPY models/embedded models/embedded
COPY --from=build /app/node_modules node_modules
COPY --from=models /opt/colloquy/models /opt/colloquy/models
COPY --from=build /app/dist dist
ENV NODE_ENV=production \
    COLLOQUY_MODELS=/opt/colloquy/models \
    COLLOQUY_CACHE=/home/colloquy/.cache/colloquy
USER 10001:10001
# An image in which something required is missing is not made.
RUN colloquy doctor
ENTRYPOINT ["tini", "--"]
EXPOSE 8000
CMD ["colloquy-start"]

# ---- cuda: the same on CUDA 12 with cuDNN 9; the driver's libraries come from the host
FROM ${CUDA_IMAGE} AS cuda
# cuda-compat is a copy of a driver: the host mounts the one that fits its kernel.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates ffmpeg tini \
 && rm -rf /var/lib/apt/lists/* /usr/local/cuda*/compat \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin colloquy \
 && ln -s /app/infra/docker/colloquy.sh /usr/local/bin/colloquy \
 && ln -s /app/infra/docker/start.sh /usr/local/bin/colloquy-start
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY infra/docker infra/docker
COPY LICENSE NOTICE package.json ./
COPY models/embedded models/embedded
COPY --from=cuda-provider /app/node_modules node_modules
COPY --from=models /opt/colloquy/models /opt/colloquy/models
COPY --from=build /app/dist dist
ENV NODE_ENV=production \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    COLLOQUY_MODELS=/opt/colloquy/models \
    COLLOQUY_CACHE=/home/colloquy/.cache/colloquy
USER 10001:10001
# There is no GPU while building: that the provider finds its CUDA and cuDNN libraries can be seen all the same.
RUN bash infra/docker/check-cuda-provider.sh node_modules/onnxruntime-node && colloquy doctor
ENTRYPOINT ["tini", "--"]
EXPOSE 8000
CMD ["colloquy-start"]
