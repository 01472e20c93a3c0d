#!/usr/bin/env bash
# Trains, measures and exports the starter guard. Usage: run.sh DATA_FOLDER WORK_FOLDER [CHECKPOINT_FOLDER]
# Everything but the checkpoint folder and metrics.json goes to WORK_FOLDER.
set -euo pipefail
DATA=${1:-${PORTCULLIS_TRAINING_DATA:?the training data folder}}
WORK=${2:?a folder for intermediate files}
HERE=$(cd "$(dirname "$0")" && pwd)
CHECKPOINT=${3:-$HERE/checkpoint}
PYTHON=${PYTHON:-python3}
SEED=20240418
mkdir -p "$WORK"
cd "$HERE"

# Keeps big buffers in the heap: mapping and unmapping them at every step costs a third of the time.
export OMP_NUM_THREADS=2 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456
export OMP_WAIT_POLICY=passive PYTHONDONTWRITEBYTECODE=1

T="$WORK/tokenizer.json"
common=(--data "$DATA" --tokenizer "$T" --seed "$SEED")

$PYTHON train_tokenizer.py --data "$DATA" --out "$T"
$PYTHON pretrain.py "${common[@]}" --out "$WORK/pretrained.pt" --steps 2000
second=(--soft-labels "$WORK/soft.json")
$PYTHON soft_labels.py --data "$DATA" --out "$WORK/soft.json" --seed "$SEED"
$PYTHON mixtures.py --data "$DATA" --out "$WORK/mixtures.jsonl" --seed "$SEED"
$PYTHON finetune.py "${common[@]}" "${second[@]}" --init "$WORK/pretrained.pt" --bare --steps 1100 --out "$WORK/bare.pt"
$PYTHON finetune.py "${common[@]}" "${second[@]}" --init "$WORK/bare.pt" --mixtures "$WORK/mixtures.jsonl" \
  --steps 850 --peak-lr 5e-4 --out "$WORK/measured.pt"

# Measured on sources that nothing above has seen.
$PYTHON baseline.py --data "$DATA" --out "$WORK/baseline.jsonl" --seed "$SEED"
$PYTHON score_guard.py --data "$DATA" --tokenizer "$T" --checkpoint "$WORK/measured.pt" --out "$WORK/measured.jsonl"

# The shipped weights: a short further pass that also sees the left-out sources.
$PYTHON soft_labels.py --data "$DATA" --include-left-out --out "$WORK/soft-all.json" --seed "$SEED"
$PYTHON mixtures.py --data "$DATA" --include-left-out --out "$WORK/mixtures-all.jsonl" --seed "$SEED"
$PYTHON finetune.py "${common[@]}" --soft-labels "$WORK/soft-all.json" --mixtures "$WORK/mixtures-all.jsonl" --include-left-out \
  --init "$WORK/measured.pt" --steps 1050 --peak-lr 5e-4 --out "$WORK/all-sources.pt"
$PYTHON finetune.py "${common[@]}" --soft-labels "$WORK/soft-all.json" --mixtures "$WORK/mixtures-all.jsonl" --include-left-out \
  --init "$WORK/all-sources.pt" --steps 360 --peak-lr 3e-4 --out "$WORK/final.pt"
$PYTHON score_guard.py --data "$DATA" --tokenizer "$T" --checkpoint "$WORK/final.pt" --out "$WORK/final.jsonl"
$PYTHON report.py --data "$DATA" --guard "$WORK/measured.jsonl" --baseline "$WORK/baseline.jsonl" --final "$WORK/final.jsonl" --out metrics.json
$PYTHON export.py --checkpoint "$WORK/final.pt" --tokenizer "$T" --out "$CHECKPOINT"
$PYTHON sanity.py --checkpoint "$WORK/final.pt" --tokenizer "$T"
$PYTHON policy_check.py --data "$DATA" --tokenizer "$T" --checkpoint "$WORK/final.pt"
