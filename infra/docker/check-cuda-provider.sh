#!/usr/bin/env bash
# Fails unless the CUDA provider of onnxruntime-node finds all its libraries here, but for the driver's own
# (libcuda, libnvidia-ml), which the host of a container mounts:
#
#   infra/docker/check-cuda-provider.sh [node_modules/onnxruntime-node]
#
# It notices an image with another major version of CUDA or cuDNN than the provider was built for.
set -euo pipefail

package=${1:-node_modules/onnxruntime-node}
provider="$package/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so"

if [[ ! -s "$provider" ]]; then
  echo "check-cuda-provider: no $provider; run install-cuda-provider.sh" >&2
  exit 1
fi

missing=$(ldd "$provider" | grep 'not found' | grep -vE 'libcuda\.so|libnvidia-ml\.so|libonnxruntime_providers_shared\.so' || true)
if [[ -n "$missing" ]]; then
  echo "check-cuda-provider: these libraries are missing here:" >&2
  echo "$missing" >&2
  exit 1
fi
echo "The CUDA provider finds its libraries: $(ldd "$provider" | grep -oE 'lib(cudart|cudnn|cublas)\.so\.[0-9]+' | sort -u | tr '\n' ' ')"
