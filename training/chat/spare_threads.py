"""As many threads as there are idle cores. Threads of a step wait for each other, so on a shared machine at low priority one thread
that shares its core with other work would hold up all."""
import math
from pathlib import Path

import torch

SMOOTHING = 0.8
TOLERATED = 0.2  # of a core in use elsewhere
_LOAD = Path("/proc/loadavg")


class SpareThreads:
    def __init__(self, cores):
        self.cores, self.busy_elsewhere, self.threads = cores, 0.0, cores
        torch.set_num_threads(cores)

    def adapt(self):
        """Called between steps, when only this process's main thread runs."""
        running = int(_LOAD.read_text().split()[3].split("/")[0]) if _LOAD.exists() else 1
        self.busy_elsewhere = SMOOTHING * self.busy_elsewhere + (1 - SMOOTHING) * max(0, running - 1)
        wanted = max(1, self.cores - math.ceil(self.busy_elsewhere - TOLERATED))
        if wanted != self.threads:
            self.threads = wanted
            torch.set_num_threads(wanted)
