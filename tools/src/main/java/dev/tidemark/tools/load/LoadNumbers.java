package dev.tidemark.tools.load;

import java.util.concurrent.atomic.LongAdder;

/** What a session has done so far, over all its writers. */
final class LoadNumbers {
  final LongAdder commits = new LongAdder();
  final LongAdder updates = new LongAdder();
  final LongAdder synced = new LongAdder();
  final LongAdder remote = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder scans = new LongAdder();
  final LongAdder flushes = new LongAdder();
  final LongAdder rolls = new LongAdder();
  final LongAdder compactions = new LongAdder();
  final LongAdder snapshots = new LongAdder();
  final LongAdder truncations = new LongAdder();
  final LongAdder collections = new LongAdder();
  final LongAdder sweeps = new LongAdder();
  final LongAdder refused = new LongAdder();
}
