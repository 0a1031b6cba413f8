#!/usr/bin/env bash
# Tests one training run over many processes by a real MPI on this machine: `make test-cluster` (a minute once built).
# Every number of processes must give the losses of one, to the last bit; a process that dies ends all, and the kept run
# goes on. Where MPI cannot be had, says so, and ends with exit code 0.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

code=0
scripts/mpi_build.sh || code=$?
if [ "$code" -eq 3 ]; then
  say 'left out: there is no MPI here; nothing was tested with it'
  exit 0
fi
[ "$code" -eq 0 ] || exit "$code"
bin=${CARGO_TARGET_DIR:-$PWD/target}/release
D=$(mktemp -d)
trap 'rm -rf "$D"' EXIT
fail() {
  printf 'gradus: %s\n' "$*" >&2
  exit 1
}
# Two processes a core wait for each other, so a process that waits lets others run.
mpi() { mpirun --allow-run-as-root --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 -n "$@"; }
export RAYON_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 GRADUS_DATA=$D/data
python3 -B scripts/mpi_images.py "$D/data/mnist"

# traces NAME OPTIONS…: trains with 1, 2 and 4 processes and with gradus, and compares everything but the seconds.
traces() {
  local name=$1 ranks
  shift
  "$bin/gradus" train --data mnist "$@" --trace "$D/$name.csv" --save "$D/$name.parameters.csv" >/dev/null
  for ranks in 1 2 4; do
    mpi "$ranks" "$bin/gradus-mpi" train --data mnist "$@" --trace "$D/$name.$ranks.csv" \
      --save "$D/$name.$ranks.parameters.csv" >"$D/out" 2>"$D/err" || fail "$name with $ranks processes: $(cat "$D/err")"
    [ "$(grep -c 'loss, by' "$D/out")" -eq 1 ] || fail "$name: not one process alone shows the outcome"
    cmp -s <(cut -d, -f1-8 "$D/$name.csv") <(cut -d, -f1-8 "$D/$name.$ranks.csv") ||
      fail "$name: the losses of $ranks processes are not those of one"
    cmp -s "$D/$name.parameters.csv" "$D/$name.$ranks.parameters.csv" ||
      fail "$name: the parameters of $ranks processes are not those of one"
  done
}
say 'one run with 1, 2 and 4 processes: L-BFGS, preconditioned or not, momentum on large batches, K-FAC'
traces lbfgs --optimizer lbfgs --batch full --l2 1e-4 --max-iter 15
traces preconditioned --optimizer lbfgs --preconditioned --batch full --l2 1e-4 --max-iter 8
traces momentum --model mlp:20 --optimizer momentum --batch 64 --accumulate 9 --lr .1 --epochs 3
traces kfac --model mlp:20 --optimizer kfac --batch full --labels sampled --max-iter 5
traces gd --optimizer gd --batch full --lr .5 --epochs 5
traces newton-cg --model mlp:8 --optimizer newton-cg --batch full --max-iter 4
traces autoencoder --model autoencoder:20,5 --optimizer lbfgs --batch full --max-iter 4

say 'a run is kept by two processes, and goes on with four'
kept=(--optimizer lbfgs --batch full --l2 1e-4 --checkpoint "$D/run.txt")
mpi 2 "$bin/gradus-mpi" train --data mnist "${kept[@]}" --max-iter 6 >/dev/null
mpi 4 "$bin/gradus-mpi" train --data mnist "${kept[@]}" --resume "$D/run.txt" --max-iter 15 --save "$D/resumed.csv" >/dev/null
cmp -s "$D/resumed.csv" "$D/lbfgs.parameters.csv" || fail 'the run that goes on has other parameters'

# ends_within SECONDS PID: waits for a process to end.
ends_within() {
  local end=$((SECONDS + $1))
  while kill -0 "$2" 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
say 'a process is killed: all end, and the kept run is whole'
endless=(--model mlp:60 --optimizer gd --batch full --lr 1e-3 --checkpoint "$D/killed.txt")
# starts_and_keeps: starts a run that does not end by itself, and waits until it is kept. Sets run to its number.
starts_and_keeps() {
  rm -f "$D/killed.txt"
  mpi 2 "$bin/gradus-mpi" train --data mnist "${endless[@]}" --epochs 10000000 >"$D/out" 2>"$D/err" &
  run=$!
  local end=$((SECONDS + 60))
  until [ -s "$D/killed.txt" ]; do
    [ "$SECONDS" -lt "$end" ] || fail "no run was kept: $(cat "$D/err")"
    sleep 0.1
  done
}
# goes_on: the kept run is whole, and goes on for two epochs in one process.
goes_on() {
  local at
  at=$(sed -n 's/^iteration //p' "$D/killed.txt")
  mpi 1 "$bin/gradus-mpi" train --data mnist "${endless[@]}" --resume "$D/killed.txt" --epochs $((at + 2)) --json >"$D/out"
  grep -q "\"steps\": $((at + 2))" "$D/out" || fail 'the run does not go on'
}
starts_and_keeps
pkill -9 -n -f "gradus-mpi-rank .*$D/killed.txt" || fail 'there was no process to kill'
ends_within 5 "$run" || fail 'five seconds after a process was killed, the others live'
wait "$run" && fail 'a run whose process was killed ended well'
goes_on

say 'Ctrl-C: all end, and the kept run is whole'
starts_and_keeps
# The shell lets its background jobs ignore Ctrl-C (SIGINT). SIGTERM ends mpirun in the same way.
pkill -TERM -P "$run" mpirun
ends_within 5 "$run" || fail 'five seconds after Ctrl-C, mpirun lives'
for _ in {1..50}; do
  pgrep -f "gradus-mpi-rank .*$D/killed.txt" >/dev/null || break
  sleep 0.1
done
pgrep -f "gradus-mpi-rank .*$D/killed.txt" >/dev/null && fail 'processes outlive mpirun by five seconds'
goes_on

say 'a process panics: all end'
mpi 3 "$bin/examples/panic" >"$D/out" 2>"$D/err" &
run=$!
ends_within 5 "$run" || fail 'five seconds after a panic, the others live'
wait "$run" && fail 'a panic ended well'
grep -q 'a panic on purpose' "$D/err" || fail 'nobody says why'

# refused SENTENCE PROCESSES OPTIONS…: fails with exit code 2 and says the sentence once.
refused() {
  local sentence=$1 ranks=$2 code=0
  shift 2
  mpi "$ranks" "$bin/gradus-mpi" "$@" >"$D/out" 2>"$D/err" || code=$?
  [ "$code" -eq 2 ] || fail "gradus-mpi $* ends with $code: $(cat "$D/err")"
  [ "$(grep -c "$sentence" "$D/err")" -eq 1 ] || fail "not once '$sentence': $(cat "$D/err")"
}
say 'what goes wrong is one sentence'
refused "unexpected argument '--optimiser'" 2 train --optimiser lbfgs
refused "several processes share 'train' alone" 2 minimize rosenbrock
refused 'a step has one batch, and 2 processes would share it' 2 train --data mnist
refused 'cannot share batches of kfac' 2 train --data mnist --model mlp:8 --optimizer kfac
refused 'write --batch full' 2 train --data mnist --model mlp:8 --optimizer sophia --batch full
refused '17 processes would share' 17 train --data mnist --optimizer lbfgs
refused 'No such file' 2 train --data mnist --optimizer lbfgs --resume "$D/none.txt"
GRADUS_DATA=$D/nowhere refused 'mnist' 2 train --data mnist --optimizer lbfgs
code=0
libraries=$(ldconfig -p | sed -n 's/.*=> \(.*libmpi\(ch\)\?\.so.*\)/\1/p' | xargs -r readlink -f | sort -u)
# shellcheck disable=SC2086
unshare -m bash -c 'for library in '"$(echo $libraries)"'; do mount --bind /dev/null "$library" || exit 9; done; exec "$0" train' \
  "$bin/gradus-mpi" >"$D/out" 2>"$D/err" || code=$?
case $code in
2) grep -q 'there is no MPI library' "$D/err" || fail "without a library: $(cat "$D/err")" ;;
*) say 'left out: a start without the MPI library, which cannot be hidden here' ;;
esac
say 'one run is the same for every number of processes'
