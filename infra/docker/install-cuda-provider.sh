#!/usr/bin/env bash
# Adds the CUDA provider to an installed onnxruntime-node (linux x64), for the GPU image or a machine with a GPU:
#
#   infra/docker/install-cuda-provider.sh [node_modules/onnxruntime-node]
#
# npm does not hold these libraries (over 200 MB), and `allowScripts` in package.json keeps onnxruntime-node from
# fetching them at `npm ci`. Its own install script does it on request: it takes libonnxruntime_providers_{shared,cuda}.so of exactly
# its version from the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux and puts them beside libonnxruntime.so.1.
#
# CUDA_PROVIDER_SHA256, if set, is what libonnxruntime_providers_cuda.so must hash to; without it the hash is printed,
# to be pinned. At run time the provider needs CUDA 12, cuDNN 9 and a driver (check-cuda-provider.sh looks).
set -euo pipefail

package=${1:-node_modules/onnxruntime-node}
folder="$package/bin/napi-v6/linux/x64"

fail() {
  echo "install-cuda-provider: $1" >&2
  exit 1
}

[[ "$(uname -sm)" == "Linux x86_64" ]] || fail "the CUDA provider exists for Linux on x86-64 only, this is $(uname -sm)"
[[ -f "$package/script/install.js" ]] || fail "no onnxruntime-node in $package; run npm ci first, or name its folder"

# The build of the images sets it to skip.
ONNXRUNTIME_NODE_INSTALL=cuda12 node "$package/script/install.js"

# 100 MB that nothing here uses.
rm -f "$folder/libonnxruntime_providers_tensorrt.so"

for library in libonnxruntime_providers_shared.so libonnxruntime_providers_cuda.so; do
  [[ -s "$folder/$library" ]] || fail "$library was not installed"
  [[ "$(head -c 4 "$folder/$library" | od -An -tx1 | tr -d ' \n')" == "7f454c46" ]] || fail "$library is not a library"
done

hash=$(sha256sum "$folder/libonnxruntime_providers_cuda.so" | cut -d ' ' -f 1)
if [[ -z "${CUDA_PROVIDER_SHA256:-}" ]]; then
  echo "libonnxruntime_providers_cuda.so has SHA-256 $hash; pin it with CUDA_PROVIDER_SHA256."
elif [[ "$hash" != "$CUDA_PROVIDER_SHA256" ]]; then
  rm -f "$folder"/libonnxruntime_providers_*.so
  fail "libonnxruntime_providers_cuda.so has SHA-256 $hash, expected $CUDA_PROVIDER_SHA256; it was removed"
fi
echo "The CUDA provider is in $folder."
