#!/bin/sh
# RUSTC_WRAPPER of the notebook kernel: links a cell to the prebuilt libgradus_kernel instead of the stub that Cargo knows as
# `gradus` (notebooks/kernel/stub). All other crates are compiled as usual. kernel.json sets GRADUS_KERNEL_LIB. This is
# POSIX sh, because it runs for every cell and starts faster than bash.
case " $* " in
*" --crate-name ctx "*) ;;
*) exec "$@" ;;
esac

# evcxr reports a cell that panics, or whose `?` fails, as a success. In the code that it writes around a cell, let both ends
# call the library, which tells the kernel (notebooks/kernel/src/lib.rs). No line is added, so that messages name the right ones.
source=src/lib.rs
if grep -qE 'EVCXR_PANIC_NOTIFICATION|fn from\(error: T\) -> Self' "$source" 2>/dev/null; then
  sed -e 's/println!("EVCXR_PANIC_NOTIFICATION");/::gradus::kernel::panicked(); &/' \
    -e '/fn from(error: T) -> Self {$/{n' -e 's/eprintln!(\(.*\));$/::gradus::kernel::failed(\&format!(\1));/' -e '}' \
    "$source" >"$source.new" && mv "$source.new" "$source"
fi

for arg; do
  shift
  case $arg in gradus=*) arg=gradus=$GRADUS_KERNEL_LIB ;; esac
  set -- "$@" "$arg"
done
# evcxr shows warnings only with a cell that does not compile, as errors, and those of all earlier cells with them.
set -- "$@" -Awarnings
dir=${GRADUS_KERNEL_LIB%/*}
exec "$@" -Ldependency="$dir/deps" -Clink-arg=-Wl,-rpath,"$dir"
