#!/usr/bin/env bash
# Tests a comparison in shards on a real SLURM, whose two nodes are this machine: `make test-cluster` (a minute or two).
# A node is taken down in the middle of a shard, a shard is lost and submitted again, and the report must be that of one
# process. Where SLURM cannot run, says why, and ends with exit code 0.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"

skip() {
  say "left out: $*"
  exit 0
}
[ "$(uname -s)" = Linux ] || skip "SLURM runs on Linux alone"
[ "$(id -u)" -eq 0 ] || skip "the daemons of SLURM need root here; nothing was tested on a cluster"
is_installed() {
  local tool
  for tool in slurmctld slurmd munged sbatch; do
    command -v "$tool" >/dev/null || return 1
  done
}
if ! is_installed; then
  has_apt || skip "SLURM is not installed, and there is no apt to install it"
  say "installing SLURM (half a minute)"
  apt_install slurm-wlm munge || skip "apt could not install slurm-wlm and munge ($setup/apt.log)"
fi

gradus=${GRADUS:-$PWD/target/release/gradus}
[ -x "$gradus" ] || die "there is no $gradus; build it with make build"
D=$(mktemp -d)
chmod 755 "$D"
export SLURM_CONF=$D/slurm.conf
selection=(--optimizers "sgd,momentum,adam,lbfgs" --problems "quadratic:100,noisy-quadratic,digits/softmax,digits/mlp"
  --trials 36 --seeds 10)

down() {
  timeout 10 scontrol shutdown >/dev/null 2>&1 || true
  for pid in "$D"/run/*.pid; do
    [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
  done
  rm -rf "$D"
}
trap down EXIT
fail() {
  printf 'gradus: %s\n' "$*" >&2
  tail -n 5 "$D"/d/printed/*.txt "$D"/log/slurm*.log >&2 2>/dev/null || true
  exit 1
}

# until_true SECONDS WHAT COMMAND…: waits until a command succeeds.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || fail "waited too long: $what"
    sleep 0.2
  done
}

start_slurm() {
  mkdir -p "$D"/{state,log,run,spool/n1,spool/n2}
  (umask 077 && dd if=/dev/urandom of="$D/munge.key" bs=128 count=1 2>/dev/null)
  cat >"$SLURM_CONF" <<C
ClusterName=loop
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=26817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$D/run/munge.socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool/%n
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd-%n.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd-%n.log
SlurmdTimeout=5
KillWait=2
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=26901 CPUs=1 RealMemory=500
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=26902 CPUs=1 RealMemory=500
PartitionName=all Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
C
  # SLURM 22.05 does not know "disabled".
  echo CgroupPlugin=cgroup/v1 >"$D/cgroup.conf"
  munged --force --socket="$D/run/munge.socket" --key-file="$D/munge.key" --pid-file="$D/run/munged.pid" \
    --log-file="$D/log/munged.log" --seed-file="$D/run/munged.seed" 2>/dev/null || return 1
  slurmctld -c && slurmd -N n1 && slurmd -N n2 || return 1
  local end=$((SECONDS + 20))
  until [ "$(timeout 5 sinfo -h -o %T 2>/dev/null | sort -u)" = idle ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

# A node cannot be resumed before its last task has ended there, and may come back by itself.
resume() {
  scontrol update "NodeName=$1" State=RESUME 2>/dev/null || true
  ! sinfo -h -n "$1" -o %T | grep -qE 'down|drain|comp'
}
queue_is_empty() { [ -z "$(squeue -h)" ]; }
# Jobs that a failed node ran wait for two minutes before they start again; ours need not.
hurry() {
  local job
  for job in $(squeue -h -r -t PENDING -o %i); do
    scontrol update "JobId=$job" StartTime=now 2>/dev/null || true
  done
  queue_is_empty
}
lines() { cat "$D"/d/shards/*/*.log 2>/dev/null | wc -l; }
# Whether a process lives on n1 that has kept some runs and has more to do.
is_in_the_middle_on_n1() {
  local beat
  for beat in "$D"/d/shards/*/n1-*.beat; do
    [ -f "$beat" ] && [ "$(wc -l <"${beat%.beat}.log")" -gt 20 ] && return 0
  done
  return 1
}
# Seconds are a machine's own, and the table of machines names the nodes.
same_tables() {
  local file name
  for file in "$D"/one/*.csv "$D"/one/*.parquet "$D"/one/tables/*; do
    name=${file#"$D/one/"}
    case $name in *seconds* | machines.*) continue ;; esac
    cmp -s "$file" "$1/$name" || fail "$name is not that of one process"
  done
  grep -q ',n1 n2,840$' "$1/machines.csv" || fail 'the table of machines does not give all 840 runs to n1 and n2'
}

say 'a real SLURM with two nodes on this machine'
start_slurm || skip "SLURM does not start here: $(tail -qn 1 "$D"/log/*.log 2>/dev/null | tr '\n' ' ')"

say 'planning three shards, and submitting them as the plan says'
"$gradus" compare plan --shards 3 --out "$D/d" "${selection[@]}" >"$D/plan.out"
sed '1,/^with SLURM/d' "$D/plan.out" | bash -e
until_true 120 'no run on node n1' is_in_the_middle_on_n1

before=$(lines)
say "node n1 goes down after $before runs"
scontrol update NodeName=n1 State=DOWN Reason=test
sleep 1
"$gradus" compare status "$D/d" >&2
until_true 60 'node n1 does not come back' resume n1
until_true 300 'shards and merge' hurry
grep -q 'kept from before' "$D"/d/printed/*.txt || fail 'no task was requeued and went on where it was'
[ -f "$D/d/report/index.html" ] || fail 'the merge made no report'
grep -h 'kept from before' "$D"/d/printed/*.txt >&2

say 'the same comparison in one process'
"$gradus" compare --out "$D/one" "${selection[@]}" >&2
same_tables "$D/d/report"

say 'a shard is lost: the merge fails, and its line submits the shard again'
rm -r "$D/d/shards/2"
code=0
"$gradus" compare merge "$D/d" --out "$D/again" >"$D/merge.out" || code=$?
[ "$code" -eq 1 ] || fail "the merge of an incomplete comparison ended with $code"
[ ! -e "$D/again" ] || fail 'an incomplete comparison has a report'
line=$(grep -o 'sbatch --array=.*' "$D/merge.out") || fail 'no line to submit the shard again'
say "$line"
bash -ec "$line" >/dev/null
until_true 300 'the lost shard' hurry
"$gradus" compare merge "$D/d" --out "$D/again" >/dev/null
same_tables "$D/again"

say 'arrays stay below MaxArraySize'
sbatch --hold --array=1-1001 -o /dev/null --wrap true >/dev/null 2>&1 && fail 'this SLURM takes an array of 1001'
"$gradus" compare plan --shards 1500 --out "$D/wide" --quick --optimizers sgd --problems beale >"$D/wide.out"
sed '1,/^with SLURM/d' "$D/wide.out" | sed 's/sbatch /sbatch --hold /' | bash -e >/dev/null
[ "$(squeue -h -r -n gradus-shards | wc -l)" -eq 1500 ] || fail 'not all 1500 shards were accepted'
scancel -u root
say 'the tables of all shards are those of one process'
