#!/bin/sh
# RUSTC_WRAPPER of the notebook kernel: links a cell to the prebuilt libgradus_kernel in place of the stub that Cargo
# knows as `gradus` (notebooks/kernel/stub). Everything else is compiled as it is. GRADUS_KERNEL_LIB comes from
# kernel.json. POSIX sh, since it runs for every cell and starts faster than bash.
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
