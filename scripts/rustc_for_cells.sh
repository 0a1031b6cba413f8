#!/bin/sh
# RUSTC_WRAPPER of the notebook kernel: links a cell to the prebuilt libgradus_kernel instead of the stub that Cargo knows as
# `gradus` (notebooks/kernel/stub). All other crates are compiled as usual. kernel.json sets GRADUS_KERNEL_LIB. This is
# POSIX sh, because it runs for every cell and starts faster than bash.
case " $* " in
*" --crate-name ctx "*) ;;
*) exec "$@" ;;
esac
for arg; do
  shift
  case $arg in gradus=*) arg=gradus=$GRADUS_KERNEL_LIB ;; esac
  set -- "$@" "$arg"
done
dir=${GRADUS_KERNEL_LIB%/*}
exec "$@" -Ldependency="$dir/deps" -Clink-arg=-Wl,-rpath,"$dir"
