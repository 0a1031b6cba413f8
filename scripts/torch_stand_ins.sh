#!/usr/bin/env bash
# Makes stand-ins for the CUDA libraries that PyTorch's libraries name but that are not installed: one library with every function
# that PyTorch would call, and a name for each missing one. A function says 100, "no device". Without a GPU none is called.
#   scripts/torch_stand_ins.sh PYTHON
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

[ $# = 1 ] || die "usage: scripts/torch_stand_ins.sh PYTHON"
for tool in cc nm readelf; do command -v "$tool" >/dev/null || die "$tool is missing, which makes the stand-ins"; done
packages=$("$1" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
libraries=$packages/torch/lib
[ -e "$libraries/libtorch_cuda.so" ] || exit 0
folder=$(find "$packages/nvidia" -name 'libcudart.so.*' -printf '%h\n' | head -n 1)
[ -n "$folder" ] || die "libcudart is not installed in $packages"

# "function@version" of what is not defined, and the version of a library without versions: "none".
functions=$(nm -D --undefined-only "$libraries"/*.so 2>/dev/null | awk '$1 == "U" {print $2}' |
  grep -E '^(cublas|cudnn|cufft|cusparse|cusolver|nccl|nvrtc|nvshmem)' | sort -u)
source=$(awk -F@ '{print "int " $1 "(void) { return 100; }"}' <<<"$functions")
versions=$(awk -F@ '{v = $2 == "" ? "none" : $2; all[v] = all[v] $1 "; "} END {for (v in all) print v " { " all[v] "};"}' <<<"$functions")
cc -shared -fno-builtin -x c - -Wl,--version-script=<(echo "$versions") -o "$folder/libstandin.so" <<<"$source"

readelf -d "$libraries"/*.so | sed -n 's/.*(NEEDED).*\[\(lib\(cublas\|cudnn\|cufft\|cusparse\|cusolver\|nccl\|nvrtc\|nvshmem\)[^]]*\)\]/\1/p' | sort -u | while read -r name; do
  [ -n "$(find "$packages/nvidia" "$libraries" -name "$name" -print -quit)" ] || ln -s libstandin.so "$folder/$name"
done
