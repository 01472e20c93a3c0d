#!/usr/bin/env bash
# Trains and exports the example generator. Usage: run.sh DATA_FOLDER WORK_FOLDER [MINUTES]
# Everything but checkpoint/ goes to WORK_FOLDER. Afterwards: npm run convert:starter
set -euo pipefail
DATA=${1:-${PORTCULLIS_TRAINING_DATA:?the training data folder}}
WORK=${2:?a folder for intermediate files}
MINUTES=${3:-36}
HERE=$(cd "$(dirname "$0")" && pwd)
PYTHON=${PYTHON:-python3}
SEED=20240418
mkdir -p "$WORK"
cd "$HERE"

export PYTHONPATH="$HERE/../starter" PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=2 GOMP_SPINCOUNT=200000
# Keeps big buffers in the heap: mapping and unmapping them at every step costs a third of the time.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456

T="$WORK/tokenizer.json"
$PYTHON train_chat_tokenizer.py --data "$DATA" --out "$T"
$PYTHON train_chat.py --data "$DATA" --tokenizer "$T" --seed "$SEED" --out "$WORK/chat.pt" --minutes "$MINUTES" \
  --exchanges-share 0.6 --other-weight 0.15 --peak-lr 2e-3
OMP_NUM_THREADS=1 $PYTHON sample_chat.py --data "$DATA" --tokenizer "$T" --checkpoint "$WORK/chat.pt"
$PYTHON export_chat.py --checkpoint "$WORK/chat.pt" --tokenizer "$T" --out "$HERE/checkpoint"
